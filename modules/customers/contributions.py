"""What customers bring to the pages of others."""

from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from modules.core.schemas.dashboard import DashboardCard
from modules.core.schemas.search import SearchResult
from modules.customers.schemas.segment import SegmentRule
from modules.customers.segment_rules import RULES
from modules.customers.services import customer_service
from wizamart import clock
from wizamart.i18n import gettext as _, lazy_gettext, ngettext
from wizamart.module_system.contributions import contributes
from wizamart.module_system.definition import FrontendType

READ = "customers:customer:read"
RECENT = timedelta(days=30)


@contributes("core.dashboard_card", order=40)
def customers_card(
    session: Session, *, vendor_id: int | None, frontend: FrontendType, **_tenant: object
) -> DashboardCard:
    """Say how many customers there are, and how many are new."""
    count = customer_service.count_customers(session, vendor_id=vendor_id)
    new = customer_service.count_customers(session, vendor_id=vendor_id, since=clock.now() - RECENT)
    return DashboardCard(
        title=lazy_gettext("Customers"),
        value=count,
        icon="users",
        url=url_for(f"customers_{frontend}.customer_list"),
        permission=READ,
        detail=ngettext("%(num)d new in 30 days", "%(num)d new in 30 days", new) if new else "",
    )


@contributes("core.search", order=40)
def found_customers(
    session: Session,
    *,
    vendor_id: int | None,
    frontend: FrontendType,
    text: str,
    limit: int,
    **_tenant: object,
) -> list[SearchResult]:
    """Find customers by name, address and phone."""
    return [
        SearchResult(
            title=customer.name,
            subtitle=customer.email or "",
            url=url_for(f"customers_{frontend}.customer_detail", customer_id=customer.id),
            icon="user",
            permission=READ,
            kind=_("Customers"),
        )
        for customer in customer_service.list_customers(session, vendor_id=vendor_id, text=text, limit=limit)
    ]


@contributes("customers.segment_rule", order=10)
def segment_rules() -> list[SegmentRule]:
    """Let segments ask for what is known of customers themselves."""
    return list(RULES)


@contributes("framework.frame")
def account_link(_session: Session, *, frontend: FrontendType, **_tenant: object) -> dict[str, Any] | None:
    """Put the account into the head of the shop."""
    if frontend is not FrontendType.STOREFRONT:
        return None
    return {"account_url": url_for("customers_storefront.account_detail")}


@contributes("framework.demo", order=40)
def demo(session: Session, *, platform_id: int, vendor_ids: list[int], at: datetime) -> None:
    """Fill a platform of the demonstration with people."""
    from modules.customers.demo import create_demo  # only the command that fills a database needs it

    create_demo(session, platform_id=platform_id, vendor_ids=list(vendor_ids), at=at)
