"""What payments tells the rest: health, dashboard, search, timeline, demo data."""

import sqlalchemy as sa

from modules.core.schemas.dashboard import DashboardCard
from modules.payments import contributions, demo, health
from modules.payments.models.account import ProviderAccount
from modules.payments.models.payment import Payment
from modules.payments.schemas.ledger import PaymentStatus
from modules.payments.services import account_service, overview_service, reconcile_service
from tests.modules.payments.conftest import NOON, start
from wizamart import clock
from wizamart.module_system.definition import FrontendType


def test_a_live_account_without_credentials_is_unhealthy_until_it_has_them(app, in_scope, make_account):
    account_id = make_account(name="Shop", credentials={})
    with app.app_context():
        assert health.check()["status"] == "healthy"
    with in_scope() as session:
        session.get_one(ProviderAccount, account_id).is_live = True
    with app.app_context():
        assert health.check() == {
            "status": "degraded",
            "message": "Account Shop: Missing: API key, Secret of the messages.",
        }


def test_an_account_of_a_provider_that_is_gone_is_reported(app, in_scope, make_account):
    account_id = make_account()
    with in_scope() as session:
        session.get_one(ProviderAccount, account_id).gateway = "gone"
    with app.app_context():
        assert "gone" in health.check()["message"]


def test_switching_off_counts_what_it_hides(in_scope, make_account, make_payment, platform):
    make_account()
    make_payment()
    with in_scope() as session:
        counted = overview_service.count_rows(session, platform.id)

    assert counted == {"payment": 1, "provider account": 1}


def test_cards_show_what_came_in_and_what_waits(app, in_scope, make_account, platform, vendor):
    make_account()
    with in_scope() as session:
        start(session, platform, vendor, at=clock.now(), minor=2550)
        start(session, platform, vendor, at=clock.now(), captures_automatically=False)
    with app.test_request_context(f"/platforms/{platform.code}/admin"), in_scope() as session:
        received, waiting = contributions.dashboard_cards(
            session, platform_id=platform.id, vendor_id=None, frontend=FrontendType.ADMIN
        )

    assert isinstance(received, DashboardCard)
    assert received.value == "€25.50"
    assert received.trend[-1] == 2550
    assert (waiting.value, waiting.todo) == (1, True)


def test_a_customers_timeline_tells_what_they_paid(in_scope, make_account, platform, vendor):
    make_account()
    with in_scope() as session:
        start(session, platform, vendor, customer_id=7, reference="B-7")
        start(session, platform, vendor, customer_id=8)
        [entry] = contributions.timeline(session, platform_id=platform.id, customer_id=7)

    assert entry.title == "Payment B-7"
    assert entry.detail == "€10.00 · Paid"


def test_demo_data_is_written_once_and_shows_every_state(in_scope, platform, vendor):
    counts = []
    for _run in range(2):
        with in_scope() as session:
            demo.create(session, platform_id=platform.id, vendor_ids=[vendor.id], at=NOON)
            counts.append(session.scalar(sa.select(sa.func.count()).select_from(Payment)))

    with in_scope() as session:
        payments = session.scalars(sa.select(Payment)).all()
        assert counts[0] == counts[1] == len(payments)
        assert {payment.status for payment in payments} == set(PaymentStatus)
        assert session.scalars(reconcile_service.stuck_payments(at=NOON)).one().balance.refund_asked == 2500
        usable = {
            account.name: account_service.is_usable(account)
            for account in session.scalars(sa.select(ProviderAccount))
        }
        assert (usable["Test payments"], usable["Stripe"]) == (True, False)
