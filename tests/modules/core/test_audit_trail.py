import re

import pytest

from wizamart import audit
from wizamart.commands.modules import modules_group
from wizamart.database import unit_of_work


@pytest.fixture
def write(app):
    """Write an entry of the trail, as a service would."""

    def add(action, target, *, on=None, by=None, **values):
        with app.app_context(), unit_of_work() as session:
            audit.record(
                session,
                action=action,
                target=target,
                actor_id=by.id if by else None,
                platform_id=on.id if on else None,
                **values,
            )

    return add


@pytest.fixture
def other(make_platform):
    return make_platform("other", name="Far away")


def rows(page):
    body = page.partition("<footer")[0]
    return [
        re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row.partition(">")[2])).strip()
        for row in body.split('<tr id="entry-')[1:]
    ]


def test_the_trail_says_in_words_who_did_what_to_whom(client, platform_admin, platform, make_vendor, write):
    vendor = make_vendor(platform, name="Maison Sud")
    write(
        "tenancy.vendor.suspend",
        f"vendor:{vendor.id}",
        on=platform,
        by=platform_admin,
        after={"reason": "No answer"},
    )

    page = client.get("/admin/audit").text

    assert f'<a href="/admin/vendors/{vendor.id}">Maison Sud</a>' in page
    (row,) = rows(page)
    assert "Vendor suspended" in row
    assert "reason" in row
    assert "No answer" in row
    assert platform_admin.display_name in row


def test_an_empty_trail_says_so(client, platform_admin):
    assert "Nothing was changed yet" in client.get("/admin/audit").text


def test_admins_see_their_own_platform_only(client, platform_admin, platform, other, write):
    write("tenancy.platform.update", f"platform:{platform.id}", on=platform)
    write("tenancy.platform.archive", f"platform:{other.id}", on=other)
    write("auth.user.is_super_admin", f"user:{platform_admin.id}")

    for address in ("/admin/audit", "/admin/audit?scope=all", f"/admin/audit?target=platform:{other.id}"):
        page = client.get(address).text
        assert "Platform archived" not in page
        assert "Right to run all platforms" not in "".join(rows(page))
    with client.get("/admin/audit/export?scope=all") as answer:
        assert "Far away" not in answer.text


def test_super_admins_see_the_whole_installation_if_they_ask(client, super_admin, platform, other, write):
    write("tenancy.platform.archive", f"platform:{other.id}", on=other)
    write("auth.user.is_super_admin", f"user:{super_admin.id}", after={"is_super_admin": True})

    assert rows(client.get("/admin/audit").text) == []
    promoted, archived = rows(client.get("/admin/audit?scope=all").text)
    assert "Right to run all platforms given or taken" in promoted
    assert "Sue" in promoted
    assert "Far away Platform archived Far away" in archived


def test_the_trail_of_one_record_is_reached_from_its_page(client, super_admin, platform, make_vendor, write):
    vendor = make_vendor(platform)
    write("tenancy.vendor.approve", f"vendor:{vendor.id}", on=platform)
    write("tenancy.vendor.approve", "vendor:99", on=platform)

    link = re.search(r'href="(/admin/audit\?[^"]+)"', client.get(f"/admin/vendors/{vendor.id}").text).group(1)
    page = client.get(link.replace("&amp;", "&")).text

    assert len(rows(page)) == 1
    assert "Show all changes" in page


def test_the_trail_is_searched_by_what_is_read_in_it(client, platform_admin, platform, write):
    write("tenancy.role.create", "role:1", on=platform)
    write("tenancy.people.invite", "user:99", on=platform)

    assert "Role created" in rows(client.get("/admin/audit?search=role+created").text)[0]
    assert len(rows(client.get("/admin/audit?search=Sue").text)) == 0
    assert len(rows(client.get("/admin/audit?area=tenancy").text)) == 2
    assert len(rows(client.get("/admin/audit?area=core").text)) == 0
    assert len(rows(client.get("/admin/audit?area=stranger").text)) == 2


def test_entries_stay_readable_while_a_module_is_off_or_gone(client, platform_admin, platform, write, app):
    write("billing.subscribe", "subscription:7", on=platform)
    with app.app_context(), unit_of_work() as session:
        audit.record_all(
            session,
            [
                {
                    "operation_id": "x",
                    "platform_id": platform.id,
                    "actor_id": None,
                    "action": "gone.thing.do",
                    "target": "thing:7",
                    "cause": None,
                    "before": None,
                    "after": None,
                    "origin": "portal",
                    "note": None,
                    "occurred_at": platform.created_at,
                }
            ],
        )

    gone, subscribed = rows(client.get("/admin/audit").text)

    assert "gone.thing.do" in gone
    assert "Subscribed" in subscribed
    assert "#7" in subscribed


def test_a_reason_that_somebody_typed_names_nothing_of_others(
    client, platform_admin, platform, other, make_vendor, write
):
    reason = f"platform:{other.id}"
    write("billing.feature_grant", f"vendor:{make_vendor(platform).id}", on=platform, note=reason)

    page = client.get("/admin/audit").text

    assert reason in page
    assert "Far away" not in page


def test_rows_of_one_operation_stand_together(client, super_admin, platform, other, write):
    for place in (platform, other):
        write("tenancy.vendor.update", "vendor:1", on=place, operation_id="both")

    page = client.get("/admin/audit?scope=all").text

    assert page.count("wz-continued") == 1


def test_the_export_tells_what_was_changed(client, platform_admin, platform, write):
    write(
        "tenancy.platform.update",
        f"platform:{platform.id}",
        on=platform,
        before={"name": "Old"},
        after={"name": "=New"},
    )

    with client.get("/admin/audit/export") as answer:
        assert answer.mimetype == "text/csv"
        assert "Platform changed" in answer.text
        assert "name: Old → =New" in answer.text


def test_the_trail_asks_no_query_per_row(client, platform_admin, platform, make_vendor, write, count_queries):
    def fill(count):
        for _ in range(count):
            write("tenancy.vendor.update", f"vendor:{make_vendor(platform).id}", on=platform)
        with count_queries() as queries:
            assert client.get("/admin/audit").status_code == 200
        return len(queries)

    client.get("/admin/audit")  # the first request of a process looks more up
    assert fill(2) == fill(8)


def test_what_a_super_admin_did_as_somebody_else_names_both(
    client, super_admin, platform, make_vendor, make_user
):
    vendor = make_vendor(platform, code="acme", name="Acme")
    owner = make_user("olga@wizamart.test", owner_of=vendor, display_name="Olga")
    client.post(f"/admin/vendors/{vendor.id}/people/{owner.id}/impersonation")
    page = client.get("/vendor/acme/people/new").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    role = re.search(r'name="roles"[^>]*value="(\d+)"', page)[1]
    person = {"email": "new@wizamart.test", "display_name": "New", "roles": [role]}
    client.post("/vendor/acme/people", data=person, headers={"X-CSRFToken": token})
    client.post("/impersonation/end", headers={"X-CSRFToken": token})

    trail = rows(client.get("/admin/audit?scope=all").text)

    assert [re.search(r"\d\d:\d\d (.*)", row)[1] for row in trail] == [
        "– Ended acting as somebody else Olga Sue",
        "Shop of Esch Person invited New 1 value What was changed Field Before After roles – Owner Acme Olga, by Sue",
        "– Began to act as somebody else Olga Sue",
    ]


@pytest.mark.backends("sqlite")
def test_how_a_change_came_about_is_said_in_the_language_of_who_reads(client, platform, super_admin, app):
    app.test_cli_runner().invoke(modules_group, ["enable", "payments", "--platform", platform.code])
    german = {"Accept-Language": "de"}

    rows = [
        client.get(address, headers=german).text.partition("<tbody>")[2].partition("</tbody>")[0]
        for address in ("/admin/modules/history", "/admin/audit")
    ]
    card = client.get("/admin/modules/payments", headers=german).text
    with client.get("/admin/modules/history/export", headers=german) as answer:
        file = answer.text

    assert all("auf der Kommandozeile" in page and ">command<" not in page for page in rows)
    assert "Das System" in card
    assert "Jemand" not in card
    assert "Eingeschaltet,Zahlungen,Das System,gewünscht" in file


def test_what_switched_a_module_that_is_gone_cannot_be_undone(client, platform, super_admin, write):
    write("modules.disable", "module:gone", on=platform)
    assert "/reversal" not in client.get("/admin/modules/history").text

    write("modules.disable", "module:payments", on=platform)
    assert client.get("/admin/modules/history").text.count("/reversal") == 1
