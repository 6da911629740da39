"""What billing tells others: the feature gate's answer, cards, search results, demo data."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from modules.billing.services import (
    entitlement_service,
    invoice_service,
    listing_service,
    overview_service,
    subscription_service,
    tier_service,
)
from modules.core.schemas.audit import AuditTarget
from modules.core.schemas.dashboard import DashboardCard
from modules.core.schemas.search import SearchResult
from wizamart import clock
from wizamart.feature_gate import Entitlements
from wizamart.i18n import format_date, format_money, gettext as _, ngettext
from wizamart.module_system.contributions import contributes
from wizamart.module_system.definition import FrontendType


@contributes("framework.entitlements")
def entitlements(session: Session, platform_id: int, vendor_id: int) -> Entitlements | None:
    """Answer the feature gate, with the page where a vendor chooses another tier."""
    found = entitlement_service.entitlements_of(session, platform_id, vendor_id)
    return replace(found, endpoint="billing_vendor.subscription_detail") if found else None


@contributes("inventory.home_country")
def home_country(session: Session, *, platform_id: int) -> str:
    """Say where the platform sells from: it is the seller of its own invoices."""
    return invoice_service.read_config(session, platform_id).seller_country


@contributes("core.dashboard_card", order=70)
def dashboard_cards(
    session: Session, *, platform_id: int, vendor_id: int | None, frontend: FrontendType
) -> list[DashboardCard]:
    """Show admins what vendors owe, and a vendor where its subscription stands."""
    if frontend is FrontendType.VENDOR and vendor_id is not None:
        return _own_card(session, platform_id, vendor_id)
    if frontend is not FrontendType.ADMIN:
        return []
    running = overview_service.count_running(session, platform_id=platform_id)
    cards = [
        DashboardCard(
            title=_("Subscriptions"),
            value=running,
            icon="refresh",
            url=url_for("billing_admin.subscription_list"),
            permission="billing:subscription:read",
        )
    ]
    overdue = overview_service.count_overdue(session, platform_id=platform_id, at=clock.now())
    if overdue:
        cards.append(
            DashboardCard(
                title=ngettext("%(num)d overdue invoice", "%(num)d overdue invoices", overdue),
                value=overdue,
                icon="file-invoice",
                url=url_for("billing_admin.invoice_list", status="overdue"),
                permission="billing:invoice:read",
                tone="bad",
                todo=True,
            )
        )
    return cards


def _own_card(session: Session, platform_id: int, vendor_id: int) -> list[DashboardCard]:
    subscription = subscription_service.find_subscription(
        session, platform_id=platform_id, vendor_id=vendor_id
    )
    if subscription is None:
        return []
    return [
        DashboardCard(
            title=_("My subscription"),
            value=subscription.tier.name,
            icon="refresh",
            url=url_for("billing_vendor.subscription_detail"),
            permission="billing:subscription:read",
            detail=f"{subscription.state.label} · {format_date(subscription.period_end)}",
            tone="bad" if subscription.state.tone == "bad" else "neutral",
        )
    ]


@contributes("core.search", order=80)
def search(
    session: Session,
    *,
    platform_id: int,
    vendor_id: int | None,  # noqa: ARG001 - the session's scope is the vendor's
    frontend: FrontendType,
    text: str,
    limit: int,
) -> list[SearchResult]:
    """Find invoices by number."""
    if frontend not in {FrontendType.ADMIN, FrontendType.VENDOR}:
        return []
    found = listing_service.search_invoices(session, text, platform_id=platform_id, limit=limit)
    return [
        SearchResult(
            title=invoice.number,
            subtitle=format_money(invoice.gross_minor, invoice.currency),
            url=url_for(f"billing_{frontend}.invoice_detail", invoice_id=invoice.id),
            icon="file-invoice",
            permission="billing:invoice:read",
            kind=_("Invoices"),
        )
        for invoice in found
    ]


@contributes("core.audit_target", order=70)
def audit_targets(session: Session, targets: Mapping[str, Collection[str]]) -> dict[str, AuditTarget]:
    """Name tiers, and subscriptions by their vendors."""
    tiers = tier_service.read_names(session, targets)
    vendors = subscription_service.read_vendors(session, targets)
    return {f"tier:{ident}": AuditTarget(name) for ident, name in tiers.items()} | {
        f"subscription:{ident}": AuditTarget(
            name,
            url_for("billing_admin.subscription_detail", subscription_id=ident),
            "billing:subscription:read",
        )
        for ident, name in vendors.items()
    }


@contributes("framework.demo", order=70)
def provide_demo(session: Session, *, platform_id: int, vendor_ids: Sequence[int], at: datetime) -> None:
    """Fill a platform with tiers, subscriptions and invoices."""
    from modules.billing import demo  # only the command that fills a database needs it

    demo.create(session, platform_id=platform_id, vendor_ids=vendor_ids, at=at)
