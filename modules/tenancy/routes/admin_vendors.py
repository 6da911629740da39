"""What admins decide about a vendor: its state, where it sells, who owns it, and acting for its people."""

from __future__ import annotations  # so that naming a type of a service does not load it

from typing import Any

from flask import flash, request, url_for
from flask_login import current_user

from modules.tenancy.routes.blueprints import admin as bp
from modules.tenancy.routes.context import Page, form_page, reach, save, visible_platform
from modules.tenancy.routes.people import invitation_choices, send_invitation
from modules.tenancy.schemas import person as person_forms, vendor as vendor_forms
from modules.tenancy.services import (
    account_service,
    people_service,
    platform_service,
    role_service,
    vendor_service,
)
from wizamart import clock
from wizamart.auth import sign_in
from wizamart.database import db, hold_row
from wizamart.i18n import gettext as _
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.platforms import Vendor
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to


@bp.post("/vendors/<int:vendor_id>/approval")
@requires("tenancy:vendor:approve")
def vendor_approve(vendor_id: int) -> Page:
    """Let a pending vendor sell."""
    session, vendor = db.session(), _vendor(vendor_id)
    vendor_service.approve_vendor(
        session, vendor, platform_id=visible_platform(), actor_id=current_user.id, at=clock.now()
    )
    flash(_("“%(name)s” may sell now.", name=vendor.name), "success")
    return go_to(_detail_url(vendor))


@bp.get("/vendors/<int:vendor_id>/suspension")
@requires("tenancy:vendor:suspend")
def vendor_suspension(vendor_id: int) -> Page:
    """Ask why the vendor is suspended."""
    return form_page(SchemaForm(vendor_forms.SuspensionInput), **_suspension_page(_vendor(vendor_id)))


@bp.post("/vendors/<int:vendor_id>/suspension")
@requires("tenancy:vendor:suspend")
def vendor_suspend(vendor_id: int) -> Page:
    """Close a vendor's portal and storefront."""
    session, vendor = db.session(), _vendor(vendor_id)

    def suspend(data: vendor_forms.SuspensionInput) -> str:
        vendor_service.suspend_vendor(
            session,
            vendor,
            reason=data.reason,
            platform_id=visible_platform(),
            actor_id=current_user.id,
            at=clock.now(),
        )
        flash(_("“%(name)s” is suspended. Its data stays.", name=vendor.name), "success")
        return _detail_url(vendor)

    return save(SchemaForm.from_request(vendor_forms.SuspensionInput), suspend, **_suspension_page(vendor))


@bp.post("/vendors/<int:vendor_id>/reactivation")
@requires("tenancy:vendor:suspend")
def vendor_reactivate(vendor_id: int) -> Page:
    """Let a suspended vendor go on."""
    session, vendor = db.session(), _vendor(vendor_id)
    vendor_service.reactivate_vendor(
        session, vendor, platform_id=visible_platform(), actor_id=current_user.id, at=clock.now()
    )
    flash(_("“%(name)s” is active again.", name=vendor.name), "success")
    return go_to(_detail_url(vendor))


@bp.get("/vendors/<int:vendor_id>/platforms")
@requires("tenancy:platform:update")
def vendor_platforms_edit(vendor_id: int) -> Page:
    """Show where a vendor sells."""
    vendor = _vendor(vendor_id)
    form = SchemaForm(
        vendor_forms.VendorPlatformsInput, values=_sold_on(vendor), choices=_platform_choices(), guarded=True
    )
    return form_page(form, **_platforms_page(vendor))


@bp.post("/vendors/<int:vendor_id>/platforms")
@requires("tenancy:platform:update")
def vendor_platforms_update(vendor_id: int) -> Page:
    """Change where a vendor sells."""
    vendor = _vendor(vendor_id)
    hold_row(vendor)

    def update(data: vendor_forms.VendorPlatformsInput) -> str:
        vendor_service.set_platforms(
            db.session(), vendor, data.platforms, actor_id=current_user.id, at=clock.now()
        )
        flash(_("Saved."), "success")
        return _detail_url(vendor)

    form = SchemaForm.from_request(
        vendor_forms.VendorPlatformsInput, values=_sold_on(vendor), choices=_platform_choices(), guarded=True
    )
    return save(form, update, **_platforms_page(vendor))


@bp.get("/vendors/<int:vendor_id>/people/new")
@requires("tenancy:vendor:update")
def vendor_person_new(vendor_id: int) -> Page:
    """Ask whom to invite to a vendor."""
    vendor = _vendor(vendor_id)
    form = SchemaForm(person_forms.InvitationInput, choices=invitation_choices(_place(vendor)))
    return form_page(form, **_invitation_page(vendor))


@bp.post("/vendors/<int:vendor_id>/people")
@requires("tenancy:vendor:update")
def vendor_person_create(vendor_id: int) -> Page:
    """Invite somebody to a vendor; an admin may give all its roles."""
    vendor = _vendor(vendor_id)

    def invite(data: person_forms.InvitationInput) -> str:
        send_invitation(
            _place(vendor), data, place_name=vendor.name, reach=reach(role_service.Place(current_platform.id))
        )
        return _detail_url(vendor)

    form = SchemaForm.from_request(person_forms.InvitationInput, choices=invitation_choices(_place(vendor)))
    return save(form, invite, **_invitation_page(vendor))


@bp.post("/vendors/<int:vendor_id>/people/<int:user_id>/impersonation")
@requires("tenancy:user:impersonate")
def vendor_person_impersonate(vendor_id: int, user_id: int) -> Page:
    """Act as one of the vendor's people for a while; the audit trail knows."""
    session, vendor = db.session(), _vendor(vendor_id)
    person = people_service.get_person(session, _place(vendor), user_id)
    is_admin = account_service.is_admin(session, person)
    sign_in.act_as(session, person, is_admin=is_admin, at=clock.now())
    return go_to(f"{request.script_root}/vendor/{vendor.code}/")


def _vendor(vendor_id: int) -> Vendor:
    return vendor_service.get_vendor(db.session(), vendor_id, platform_id=visible_platform())


def _place(vendor: Vendor) -> role_service.Place:
    return role_service.Place(current_platform.id, vendor.id)


def _detail_url(vendor: Vendor) -> str:
    return url_for("tenancy_admin.vendor_detail", vendor_id=vendor.id)


def _sold_on(vendor: Vendor) -> dict[str, Any]:
    """Return what the form of a vendor's platforms is filled from."""
    return {"platforms": [row.id for row in vendor_service.list_platforms_of(db.session(), vendor)]}


def _platform_choices() -> dict[str, Any]:
    rows = platform_service.list_platforms(db.session())
    return {"platforms": [(row.id, row.name) for row in rows]}


def _page(vendor: Vendor, **values: Any) -> dict[str, Any]:
    crumbs = [(_("Vendors"), url_for("tenancy_admin.vendor_list")), (vendor.name, _detail_url(vendor))]
    return {"cancel": _detail_url(vendor), "crumbs": crumbs, **values}


def _suspension_page(vendor: Vendor) -> dict[str, Any]:
    return _page(
        vendor,
        title=_("Suspend “%(name)s”", name=vendor.name),
        lead=_("Its people can no longer work and its storefront is hidden. Its data stays."),
        action=url_for("tenancy_admin.vendor_suspend", vendor_id=vendor.id),
        submit=_("Suspend"),
        kind="danger",
    )


def _platforms_page(vendor: Vendor) -> dict[str, Any]:
    return _page(
        vendor,
        title=_("Where “%(name)s” sells", name=vendor.name),
        lead=_("What it has on a platform that it leaves stays there, unseen."),
        action=url_for("tenancy_admin.vendor_platforms_update", vendor_id=vendor.id),
    )


def _invitation_page(vendor: Vendor) -> dict[str, Any]:
    return _page(
        vendor,
        title=_("Invite somebody to “%(name)s”", name=vendor.name),
        action=url_for("tenancy_admin.vendor_person_create", vendor_id=vendor.id),
        submit=_("Send invitation"),
    )
