"""Changes to modules that come twice, too late, or are taken back."""

import re
import threading

import pytest
import sqlalchemy as sa

from wizamart.audit import AuditEntry
from wizamart.database import unit_of_work

HTMX = {"HX-Request": "true"}


def count_changes(app, code):
    with app.app_context(), unit_of_work(read_only=True) as session:
        query = sa.select(sa.func.count()).where(AuditEntry.target == f"module:{code}")
        return session.scalar(query)


def at_once(*calls):
    """Make the calls from threads that begin together, and return their answers in the order of the calls."""
    barrier, answers = threading.Barrier(len(calls)), {}

    def run(number, call):
        barrier.wait()
        answers[number] = call()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answers[number] for number in range(len(calls))]


def test_doubled_clicks_end_in_one_change_and_no_failure(app, super_admin, make_client, sign_in, effective):
    clients = [make_client() for _number in range(3)]
    for client in clients:
        sign_in(client, super_admin)
    revision = re.search(
        r'name="revision" value="(\d+)"', clients[0].get("/admin/modules/plan?enable=orders").text
    )[1]
    plan = {"revision": revision, "enable": "orders", "step": ["enable:payments", "enable:orders"]}

    confirmed = at_once(
        *[lambda c=c: c.post("/admin/modules/operations", data=plan, headers=HTMX) for c in clients]
    )
    toggled = at_once(
        *[lambda c=c: c.post("/admin/modules/inventory/activation", headers=HTMX) for c in clients]
    )
    plain = at_once(*[lambda c=c: c.post("/admin/modules/messaging/activation") for c in clients])

    assert [answer.status_code for answer in (*confirmed, *toggled)] == [200] * 6
    assert all(answer.status_code in {302, 303} for answer in plain)
    assert all('id="module-inventory"' in answer.text for answer in toggled)
    assert {"payments", "orders", "inventory", "messaging"} <= effective()
    for code in ("payments", "orders", "inventory", "messaging"):
        assert count_changes(app, code) == 1, code


@pytest.mark.backends("sqlite")
def test_a_stale_plan_on_a_page_shows_the_new_one_which_can_be_confirmed(client, super_admin, effective):
    old = client.get("/admin/modules/plan?enable=orders").text
    revision = re.search(r'name="revision" value="(\d+)"', old)[1]
    client.put("/admin/modules/payments/activation", headers=HTMX)

    form = {"revision": revision, "enable": "orders", "step": ["enable:payments", "enable:orders"]}
    stale = client.post("/admin/modules/operations", data=form)

    assert stale.status_code == 409
    assert "<html" in stale.text
    assert "Somebody changed the modules meanwhile" in stale.text
    form["revision"] = re.search(r'name="revision" value="(\d+)"', stale.text)[1]
    form["step"] = re.findall(r'name="step" value="([^"]*)"', stale.text)
    assert form["step"] == ["enable:orders"]
    assert client.post("/admin/modules/operations", data=form).status_code in {302, 303}
    assert "orders" in effective()


@pytest.mark.backends("sqlite")
def test_history_shows_an_operation_and_takes_it_back_and_forth(client, super_admin, effective):
    client.put("/admin/modules/payments/activation")
    page = client.get("/admin/modules/history").text
    first = re.search(r'action="/admin/modules/operations/([^/"]+)/reversal"', page)[1]

    client.post(f"/admin/modules/operations/{first}/reversal")
    assert "payments" not in effective()
    page = client.get("/admin/modules/history").text
    undo = re.search(r'action="/admin/modules/operations/([^/"]+)/reversal"', page)[1]
    assert undo != first

    client.post(f"/admin/modules/operations/{undo}/reversal")
    assert "payments" in effective()
    assert client.post(f"/admin/modules/operations/{first}/reversal").status_code == 409
