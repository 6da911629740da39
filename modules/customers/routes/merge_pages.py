"""Customers who may be one person: suggestions, a preview of the one who would be left, and doing it."""

from typing import Any

from flask import flash, request
from flask_login import current_user

from modules.customers.routes.area import Area
from modules.customers.services import customer_service, match_service, merge_service
from wizamart import clock
from wizamart.countries import country_name
from wizamart.database import db
from wizamart.i18n import gettext as _, language_name
from wizamart.platform_context import current_platform
from wizamart.web.htmx import go_to

SHOWN = 20


def show_suggestions(area: Area) -> str:
    """Return the first pairs; what is decided makes room for the next."""
    session = db.session()
    return area.render(
        "duplicate_list.html",
        suggestions=match_service.list_suggestions(session, limit=SHOWN),
        total=match_service.count_suggestions(session),
        country_name=country_name,
    )


def dismiss(area: Area, customer_id: int, other_id: int) -> Any:
    """Note that two customers are two people."""
    session = db.session()
    first = customer_service.get_customer(session, customer_id)
    second = customer_service.get_customer(session, other_id)
    match_service.dismiss(session, first, second, actor_id=current_user.id, at=clock.now())
    flash(_("They stay two customers and are not suggested again."), "success")
    return go_to(area.url("duplicate_list"))


def choose(area: Area, customer_id: int) -> str:
    """Return the page that asks whom to merge with."""
    session, text = db.session(), request.args.get("search", "").strip()[:200]
    customer = customer_service.get_customer(session, customer_id)
    found = customer_service.list_customers(session, text=text, limit=SHOWN) if text else []
    others = [one for one in found if one.id != customer.id]
    return area.render("merge_choose.html", customer=customer, others=others, text=text)


def preview(area: Area, customer_id: int, other_id: int) -> str:
    """Return what would be left of two customers."""
    found = merge_service.preview(db.session(), kept_id=customer_id, gone_id=other_id)
    return area.render(
        "merge_new.html", preview=found, country_name=country_name, language_name=language_name
    )


def merge(area: Area, customer_id: int, other_id: int) -> Any:
    """Make one customer of two."""
    kept = merge_service.merge(
        db.session(),
        platform_id=current_platform.id,
        kept_id=customer_id,
        gone_id=other_id,
        actor_id=current_user.id,
        at=clock.now(),
    )
    flash(_("Both are one customer now: %(name)s.", name=kept.name), "success")
    return go_to(area.url("customer_detail", customer_id=kept.id))
