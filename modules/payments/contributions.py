"""What payments shows elsewhere: on the dashboards, in the search, in a customer's timeline."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import Session

from modules.core.schemas.audit import AuditTarget
from modules.core.schemas.dashboard import DashboardCard
from modules.core.schemas.search import SearchResult
from modules.customers.schemas.timeline import TimelineEntry
from modules.payments import bank_cards as bank_work
from modules.payments.schemas.dispute import DisputeState
from modules.payments.schemas.ledger import Payee
from modules.payments.services import (
    account_service,
    customer_service,
    listing_service,
    overview_service,
    reconcile_service,
)
from wizamart import clock
from wizamart.i18n import format_date, format_money, gettext as _
from wizamart.module_system.contributions import contributes
from wizamart.module_system.definition import FrontendType
from wizamart.platforms import Platform

READ = "payments:payment:read"


def _blueprint(frontend: FrontendType) -> str | None:
    return {FrontendType.ADMIN: "payments_admin", FrontendType.VENDOR: "payments_vendor"}.get(frontend)


@contributes("core.dashboard_card", order=30)
def dashboard_cards(
    session: Session,
    *,
    platform_id: int,
    vendor_id: int | None,  # noqa: ARG001 - the session's scope is the vendor's
    frontend: FrontendType,
) -> list[DashboardCard]:
    """Show what came in during the last two weeks, and what waits to be captured or set up."""
    blueprint = _blueprint(frontend)
    if blueprint is None:
        return []
    currency = session.scalar(sa.select(Platform.currency).where(Platform.id == platform_id)) or "EUR"
    trend = overview_service.captured_by_day(
        session, platform_id=platform_id, currency=currency, until=clock.now()
    )
    received = DashboardCard(
        title=_("Payments received"),
        value=format_money(sum(trend), currency),
        icon="credit-card",
        url=url_for(f"{blueprint}.payment_list"),
        permission=READ,
        detail=_("last 14 days, less refunds"),
        trend=trend,
    )
    if frontend is FrontendType.ADMIN and not any(trend):
        return [received, *_first_step(session, platform_id), *_todos(session, platform_id, frontend)]
    return [received, *_todos(session, platform_id, frontend)]


def _first_step(session: Session, platform_id: int) -> Iterator[DashboardCard]:
    """Yield where to begin while nobody can pay yet."""
    if not account_service.list_usable(session, platform_id=platform_id, vendor_id=None):
        yield DashboardCard(
            title=_("Say how customers can pay"),
            value=_("First step"),
            icon="credit-card",
            url=url_for("payments_admin.account_list"),
            permission="payments:account:create",
            detail=_("Without an account nobody can pay online."),
            todo=True,
        )


def _todos(session: Session, platform_id: int, frontend: FrontendType) -> Iterator[DashboardCard]:
    """Yield what waits for somebody, each only while there is any."""
    blueprint = _blueprint(frontend)
    payee = Payee.VENDOR if frontend is FrontendType.VENDOR else None
    disputed = listing_service.list_disputed(session, platform_id=platform_id, payee=payee, limit=100)
    answers = [one for payment in disputed for one in payment.disputes if one.state is DisputeState.OPEN]
    if answers:
        url = url_for(f"{blueprint}.payment_list", disputes=DisputeState.OPEN)
        due = min((one.due_at for one in answers if one.due_at), default=None)
        detail = _("the first until %(date)s", date=format_date(due)) if due else ""
        yield replace(_todo(_("Disputes to answer"), len(answers), "alert-triangle", url), detail=detail)
    stuck = reconcile_service.count_stuck(session, at=clock.now(), payee=payee)
    if stuck:
        title = _("Payments waiting for their provider")
        yield _todo(title, stuck, "alert-triangle", url_for(f"{blueprint}.stuck_list"))
    waiting = overview_service.count_to_capture(session, platform_id=platform_id)
    if waiting:
        title = _("Payments to capture")
        yield _todo(title, waiting, "cash", url_for(f"{blueprint}.payment_list", status="authorized"))


def _todo(title: str, count: int, icon: str, url: str) -> DashboardCard:
    return DashboardCard(
        title=title, value=count, icon=icon, url=url, permission=READ, tone="warning", todo=True
    )


@contributes("core.search", order=60)
def search(
    session: Session,
    *,
    platform_id: int,
    vendor_id: int | None,  # noqa: ARG001 - the session's scope is the vendor's
    frontend: FrontendType,
    text: str,
    limit: int,
) -> list[SearchResult]:
    """Find payments by reference, the provider's number or the card."""
    blueprint = _blueprint(frontend)
    if blueprint is None:
        return []
    payee = Payee.VENDOR if frontend is FrontendType.VENDOR else None
    found = listing_service.search_payments(session, text, platform_id=platform_id, payee=payee, limit=limit)
    return [
        SearchResult(
            title=payment.reference,
            subtitle=f"{format_money(payment.amount_minor, payment.currency)} · {payment.status.label}",
            url=url_for(f"{blueprint}.payment_detail", payment_id=payment.id),
            icon="credit-card",
            permission=READ,
            kind=_("Payments"),
        )
        for payment in found
    ]


@contributes("customers.timeline", order=40)
def timeline(session: Session, *, platform_id: int, customer_id: int) -> list[TimelineEntry]:
    """Tell what a customer paid."""
    found = listing_service.list_of_customer(session, platform_id=platform_id, customer_id=customer_id)
    return [
        TimelineEntry(
            at=payment.created_at,
            title=_("Payment %(reference)s", reference=payment.reference),
            detail=f"{format_money(payment.amount_minor, payment.currency)} · {payment.status.label}",
            icon="credit-card",
        )
        for payment in found
    ]


@contributes("core.dashboard_card", order=31)
def bank_cards(
    session: Session, *, platform_id: int, vendor_id: int | None, frontend: FrontendType
) -> list[DashboardCard]:
    """Show what there is to do about bank statements and transfers."""
    return bank_work.list_cards(session, platform_id=platform_id, vendor_id=vendor_id, frontend=frontend)


@contributes("core.audit_target", order=40)
def audit_targets(session: Session, targets: Mapping[str, Collection[str]]) -> dict[str, AuditTarget]:
    """Name the accounts at providers."""
    names = account_service.read_names(session, targets)
    return {f"payment-account:{ident}": AuditTarget(name) for ident, name in names.items()}


@contributes("framework.demo", order=40)
def provide_demo(session: Session, *, platform_id: int, vendor_ids: Sequence[int], at: datetime) -> None:
    """Fill a platform with a test account and payments in every state."""
    from modules.payments import demo  # only the command that fills a database needs it

    demo.create(session, platform_id=platform_id, vendor_ids=vendor_ids, at=at)


@contributes("customers.personal_data")
def personal_data(
    session: Session, *, customer_id: int, **_tenant: object
) -> dict[str, list[dict[str, Any]]]:
    """Tell a person which payments are kept of them."""
    return {"payments": customer_service.describe_payments(session, customer_id)}
