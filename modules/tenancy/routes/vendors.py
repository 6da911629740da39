"""Vendors, for admins: the list, and what is written about each."""

from __future__ import annotations  # so that naming a type of a service does not load it

from typing import Any

from flask import flash, render_template, url_for
from flask_login import current_user

from modules.tenancy.routes.blueprints import admin as bp
from modules.tenancy.routes.context import (
    Page,
    form_page,
    listed_platform,
    save,
    visible_platform,
)
from modules.tenancy.schemas import vendor as vendor_forms
from modules.tenancy.services import (
    company_service,
    people_service,
    platform_service,
    role_service,
    vendor_service,
)
from wizamart import clock
from wizamart.database import db, hold_row
from wizamart.i18n import gettext as _, lazy_gettext
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.platforms import Vendor, VendorStatus
from wizamart.web.exports import export_table, is_export
from wizamart.web.forms import SchemaForm, values_of
from wizamart.web.portal import wants_all_platforms
from wizamart.web.tables import Column, Filter, Table

STATUSES = (
    (VendorStatus.PENDING, lazy_gettext("Pending")),
    (VendorStatus.ACTIVE, lazy_gettext("Active")),
    (VendorStatus.SUSPENDED, lazy_gettext("Suspended")),
)


@bp.get("/vendors")
@requires("tenancy:vendor:read")
def vendor_list() -> Page:
    """List the platform's vendors, as a page or as a file."""
    session, options = db.session(), _table_options()
    statement = vendor_service.list_statement(platform_id=listed_platform())
    if is_export():
        return export_table(session, statement, name="vendors", **options)
    table = Table.from_select(session, statement, **options)
    return render_template("tenancy/admin/vendor_list.html", table=table, wants_all=wants_all_platforms())


def _table_options() -> dict[str, Any]:
    return {
        "columns": (
            Column("name", _("Name"), sort=Vendor.name),
            Column("company", _("Company"), sort=vendor_service.COMPANY_NAME),
            Column("status", _("Status"), sort=Vendor.status),
            Column("platforms", _("Platforms"), align="end"),
            Column("created_at", _("Since"), sort=Vendor.created_at),
        ),
        "search": vendor_service.SEARCH,
        "filters": (
            Filter("status", _("Any status"), Vendor.status, choices=STATUSES),
            Filter("created", _("Since"), Vendor.created_at, kind="date_range"),
        ),
        "default_sort": "name",
        "carry": ("scope",),
    }


@bp.get("/vendors/new")
@requires("tenancy:vendor:create")
def vendor_new() -> Page:
    """Show the form of a new vendor."""
    form = SchemaForm(
        vendor_forms.NewVendorInput, values={"platforms": [current_platform.id]}, choices=_choices()
    )
    return form_page(form, **_new_page())


@bp.post("/vendors")
@requires("tenancy:vendor:create")
def vendor_create() -> Page:
    """Create a vendor that waits for approval."""

    def create(data: vendor_forms.NewVendorInput) -> str:
        vendor = vendor_service.create_vendor(
            db.session(),
            data,
            code=data.code,
            platform_ids=data.platforms,
            company_id=data.company_id,
            actor_id=current_user.id,
            at=clock.now(),
        )
        flash(_("“%(name)s” was added and waits for approval.", name=vendor.name), "success")
        return url_for("tenancy_admin.vendor_detail", vendor_id=vendor.id)

    return save(
        SchemaForm.from_request(vendor_forms.NewVendorInput, choices=_choices()), create, **_new_page()
    )


@bp.get("/vendors/<int:vendor_id>")
@requires("tenancy:vendor:read")
def vendor_detail(vendor_id: int) -> Page:
    """Show a vendor with its company, platforms and people."""
    session = db.session()
    vendor = vendor_service.get_vendor(session, vendor_id, platform_id=visible_platform())
    place = role_service.Place(current_platform.id, vendor.id)
    people = people_service.list_people(session, place)
    platforms = vendor_service.list_platforms_of(session, vendor)
    return render_template(
        "tenancy/admin/vendor_detail.html",
        vendor=vendor,
        profile=vendor_service.get_profile(session, vendor),
        company=company_service.find_company_of(session, vendor.id),
        platforms=platforms if current_user.is_super_admin else [current_platform],
        others=0 if current_user.is_super_admin else len(platforms) - 1,
        sells_here=any(platform.id == current_platform.id for platform in platforms),
        people=people,
        roles=people_service.roles_by_person(session, place, [person.id for person in people]),
    )


@bp.get("/vendors/<int:vendor_id>/edit")
@requires("tenancy:vendor:update")
def vendor_edit(vendor_id: int) -> Page:
    """Show the form of a vendor."""
    session = db.session()
    vendor = vendor_service.get_vendor(session, vendor_id, platform_id=visible_platform())
    form = SchemaForm(vendor_forms.VendorInput, values=_values(vendor), choices=_choices(), guarded=True)
    return form_page(form, **_edit_page(vendor))


def _values(vendor: Vendor) -> dict[str, Any]:
    """Return what the form of a vendor is filled from."""
    return values_of(vendor_forms.VendorInput, vendor_service.get_profile(db.session(), vendor)) | {
        "name": vendor.name
    }


@bp.post("/vendors/<int:vendor_id>")
@requires("tenancy:vendor:update")
def vendor_update(vendor_id: int) -> Page:
    """Change a vendor's name, profile and company."""
    session = db.session()
    vendor = vendor_service.get_vendor(session, vendor_id, platform_id=visible_platform())
    hold_row(vendor)

    def update(data: vendor_forms.VendorInput) -> str:
        vendor_service.update_vendor(
            session,
            vendor,
            vendor_forms.VendorProfileInput.model_validate(data.model_dump(exclude={"company_id"})),
            platform_id=visible_platform(),
            company_id=data.company_id,
            actor_id=current_user.id,
            at=clock.now(),
        )
        flash(_("Saved."), "success")
        return url_for("tenancy_admin.vendor_detail", vendor_id=vendor_id)

    form = SchemaForm.from_request(
        vendor_forms.VendorInput, values=_values(vendor), choices=_choices(), guarded=True
    )
    return save(form, update, **_edit_page(vendor))


def _choices() -> dict[str, Any]:
    session = db.session()
    platforms = [(current_platform.id, current_platform.name)]
    if current_user.is_super_admin:
        platforms = [(row.id, row.name) for row in platform_service.list_platforms(session, active_only=True)]
    companies = company_service.list_choices(session, platform_id=visible_platform())
    return {"platforms": platforms, "company_id": companies}


def _new_page() -> dict[str, Any]:
    overview = url_for("tenancy_admin.vendor_list")
    return {
        "title": _("New vendor"),
        "action": url_for("tenancy_admin.vendor_create"),
        "submit": _("Add vendor"),
        "cancel": overview,
        "crumbs": [(_("Vendors"), overview)],
    }


def _edit_page(vendor: Vendor) -> dict[str, Any]:
    detail = url_for("tenancy_admin.vendor_detail", vendor_id=vendor.id)
    return {
        "title": _("Edit vendor"),
        "action": url_for("tenancy_admin.vendor_update", vendor_id=vendor.id),
        "cancel": detail,
        "crumbs": [(_("Vendors"), url_for("tenancy_admin.vendor_list")), (vendor.name, detail)],
    }
