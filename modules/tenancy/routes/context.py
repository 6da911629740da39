"""What tenancy's views ask of the request."""

from __future__ import annotations  # so that naming a type of a service does not load it

from collections.abc import Callable
from typing import Any

from flask import g, render_template, url_for
from flask_login import current_user

from modules.tenancy.services import role_service
from wizamart.auth import links
from wizamart.database import db
from wizamart.exceptions import InvalidInput
from wizamart.platform_context import current_platform
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to
from wizamart.web.portal import current_frontend, current_layout, current_vendor_id, wants_all_platforms

Page = Any


def visible_platform() -> int | None:
    """Return the platform whose rows the person may see; None, all of them, for super admins."""
    return None if current_user.is_super_admin else current_platform.id


def listed_platform() -> int | None:
    """Return the platform whose rows a list shows: the current one, or all where a super admin asks for all."""
    return None if wants_all_platforms() else current_platform.id


def place() -> role_service.Place:
    """Return the place that the request is in: the vendor of its portal, or else the platform."""
    return role_service.Place(current_platform.id, current_vendor_id())


def place_name() -> str:
    """Return what the people of the place call it."""
    vendor = g.get("vendor")
    return str(vendor.name if vendor is not None else current_platform.name)


def reach(here: role_service.Place | None = None) -> frozenset[str]:
    """Return what the person may do in a place, and so may let others do."""
    return role_service.reach_of(
        db.session(), here or place(), user_id=current_user.id, is_super_admin=current_user.is_super_admin
    )


def own_url(view: str, **values: Any) -> str:
    """Return the address of a view that both portals have, in the portal of the request."""
    return url_for(f"tenancy_{current_frontend()}.{view}", **values)


def invitation_link() -> Callable[[str], str]:
    """Return what makes the address of an invitation."""
    link_to = links.link_maker(db.session())
    return lambda token: link_to("auth.invitation_page", token=token)


def form_page(form: SchemaForm[Any], **page: Any) -> Page:
    """Render a page that is one form: 422 if it was sent and is wrong."""
    html = render_template("tenancy/form_page.html", form=form, layout=current_layout(), **page)
    return (html, 422) if form.is_submitted else html


def save(form: SchemaForm[Any], carry_out: Callable[[Any], str], /, **page: Any) -> Page:
    """Carry out what a valid form asks for and go where that says; show the form again if it is wrong."""
    try:
        return go_to(carry_out(form.validate_or_raise()))
    except InvalidInput as error:
        for name, texts in error.errors.items():
            known = form.errors.get(name, [])
            form.add_errors({name: [text for text in texts if text not in known]})
        return form_page(form, **page)
