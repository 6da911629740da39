"""What every list of the portal offers, seen on the history."""

import re

from tests.modules.core.conftest import HTMX


def test_a_list_shows_the_columns_that_were_chosen(client, super_admin):
    client.put("/admin/modules/payments/activation", headers=HTMX)

    page = client.get("/admin/modules/history?columns=at&columns=action&columns=actor").text

    assert 'class="wz-table wz-table-cards wz-hide-3 wz-hide-5"' in page
    picker = re.search(r'<form class="wz-picker".*?</form>', page, re.DOTALL)[0]
    assert re.findall(r'value="(\w+)" checked', picker) == ["action", "actor"]
    assert '<input type="hidden" name="columns" value="at,action,actor">' in page


def test_a_list_counts_what_each_choice_would_show(client, super_admin, count_queries):
    client.put("/admin/modules/payments/activation", headers=HTMX)
    client.get("/admin/modules/history")
    with count_queries() as plain:
        page = client.get("/admin/modules/history").text
        assert "Switched on (" not in page
    with count_queries() as counted:
        page = client.get("/admin/modules/history?counts=1").text

    assert ">Switched on (1)</option>" in page
    assert ">Switched off (0)</option>" in page
    assert '<input type="hidden" name="counts" value="1">' in page
    assert len(counted) == len(plain) + 1
