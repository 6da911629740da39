"""What orders put into other modules' pages."""

from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from modules.core.schemas.dashboard import DashboardCard
from modules.core.schemas.search import SearchResult
from modules.customers.schemas.segment import SegmentRule
from modules.customers.schemas.timeline import TimelineEntry
from modules.orders import cart_cookie, personal_data, segment_rules
from modules.orders.schemas.order_state import OrderStatus
from modules.orders.services import cart_service, listing_service, order_service, supply_service
from wizamart import clock
from wizamart.i18n import current_time_zone, format_money, lazy_gettext as _
from wizamart.module_system.contributions import contributes
from wizamart.module_system.definition import FrontendType
from wizamart.web.templating import url_if

READ = "orders:order:read"


@contributes("core.dashboard_card", order=20)
def provide_cards(
    session: Session, *, platform_id: int, vendor_id: int | None, frontend: FrontendType
) -> list[DashboardCard]:
    """Show what waits, and how much was sold in the last two weeks."""
    endpoint = f"orders_{frontend}.order_list"
    counts = listing_service.count_by_status(session)
    cards = [
        DashboardCard(
            _("Orders to confirm"),
            counts.get(OrderStatus.PLACED, 0),
            "shopping-bag",
            url_for(endpoint, status=OrderStatus.PLACED.value),
            READ,
            _("Placed, and not paid yet"),
            todo=True,
            tone="warning",
        ),
        DashboardCard(
            _("Orders to ship"),
            listing_service.count_to_ship(counts),
            "truck",
            url_for(endpoint, status=OrderStatus.PAID.value),
            READ,
            _("Paid, and not sent yet"),
            todo=True,
            tone="warning",
        ),
    ]
    today = clock.now().astimezone(current_time_zone()).date()
    sales = listing_service.list_sales_by_day(
        session,
        platform_id=platform_id,
        vendor_id=vendor_id,
        start=today - timedelta(days=listing_service.TREND_DAYS - 1),
        end=today,
    )
    for currency in sorted({row["currency"] for row in sales}):
        trend = listing_service.trend(sales, currency=currency, today=today)
        cards.append(
            DashboardCard(
                _("Revenue, 14 days"),
                format_money(sum(trend), currency),
                "chart-line",
                url_for(endpoint),
                READ,
                trend=trend,
            )
        )
    return cards


@contributes("core.search", order=20)
def provide_results(
    session: Session,
    *,
    platform_id: int,  # noqa: ARG001 - the session is scoped already
    vendor_id: int | None,  # noqa: ARG001 - likewise
    frontend: FrontendType,
    text: str,
    limit: int,
) -> list[SearchResult]:
    """Find orders by number, name and address."""
    return [
        SearchResult(
            order.number,
            url_for(f"orders_{frontend}.order_detail", order_id=order.id),
            f"{order.customer_name} · {order.state.label}",
            "shopping-bag",
            READ,
            _("Orders"),
        )
        for order in listing_service.find_orders(session, text, limit=limit)
    ]


@contributes("customers.timeline")
def provide_timeline(session: Session, *, platform_id: int, customer_id: int) -> list[TimelineEntry]:  # noqa: ARG001
    """Tell a customer's orders."""
    frontend = "vendor" if session.info["scope"].vendor_id else "admin"
    return [
        TimelineEntry(
            order.placed_at or order.created_at,
            _("Order %(number)s", number=order.number),
            f"{order.state.label} · {format_money(order.total_minor, order.currency)}",
            "shopping-bag",
            url_if(f"orders_{frontend}.order_detail", order_id=order.id),
        )
        for order in order_service.list_by_customer(session, customer_id)
    ]


@contributes("customers.segment_rule", order=20)
def provide_segment_rules() -> list[SegmentRule]:
    """Let segments ask what customers ordered."""
    return list(segment_rules.RULES)


@contributes("customers.personal_data")
def provide_personal_data(session: Session, *, platform_id: int, customer_id: int) -> dict[str, Any]:
    """Tell a person which orders are kept of them."""
    return personal_data.provide_personal_data(session, platform_id=platform_id, customer_id=customer_id)


@contributes("analytics.daily_sales")
def provide_daily_sales(
    session: Session, *, platform_id: int, vendor_id: int | None, start: date, end: date
) -> list[dict[str, Any]]:
    """Tell what was ordered on each day."""
    return listing_service.list_sales_by_day(
        session, platform_id=platform_id, vendor_id=vendor_id, start=start, end=end
    )


@contributes("framework.frame", order=50)
def provide_cart_link(session: Session, *, frontend: FrontendType, **_tenant: object) -> dict[str, Any]:
    """Lead customers to their cart, with the number of its lines; who has none costs no query."""
    if frontend is not FrontendType.STOREFRONT:
        return {}
    count = cart_service.count_lines(session, cart_cookie.current_holder())
    return {"cart_url": url_for("orders_storefront.cart_detail"), "cart_count": count}


@contributes("storefront.product_action", order=10)
def provide_product_action(
    _session: Session, *, offers: list[dict[str, Any]], **_tenant: object
) -> dict[str, Any] | None:
    """Let customers put a product into their cart."""
    if not offers:
        return None
    key = "add-" + "".join(sign if sign.isalnum() else "-" for sign in offers[0]["reference"])
    context = {"action": {"offers": offers, "key": key}}
    return {"template": "orders/storefront/_add_to_cart.html", "context": context}


@contributes("customers.account_section", order=10)
def provide_account_section(session: Session, *, customer_id: int, **_tenant: object) -> dict[str, Any]:
    """Show customers their latest orders on the page of their account."""
    orders = order_service.list_by_customer(session, customer_id, limit=5)
    template = "orders/storefront/_account_section.html"
    return {"template": template, "context": {"section": {"orders": orders}}, "order": 10}


@contributes("inventory.order_facts")
def provide_order_facts(
    session: Session, *, platform_id: int, since: datetime, after: int, limit: int
) -> list[dict[str, Any]]:
    """Tell whoever keeps the goods what orders need and what they have had."""
    return supply_service.list_facts(session, platform_id=platform_id, since=since, after=after, limit=limit)


@contributes("billing.usage")
def provide_usage(session: Session, *, platform_id: int, vendor_id: int) -> dict[str, int]:
    """Tell how many orders a vendor got this month."""
    count = listing_service.count_this_month(
        session, platform_id=platform_id, vendor_id=vendor_id, at=clock.now()
    )
    return {"orders": count}


@contributes("framework.demo", order=60)
def provide_demo(session: Session, *, platform_id: int, vendor_ids: list[int], at: Any) -> None:
    """Fill a platform with orders of the last two months."""
    from modules.orders import demo  # only the command that fills a database needs it

    demo.fill(session, platform_id=platform_id, vendor_ids=vendor_ids, at=at)
