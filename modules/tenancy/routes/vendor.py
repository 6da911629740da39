"""The pages of a vendor's portal: staff and roles come from the files that the admins' portal shares."""

from __future__ import annotations  # so that naming a type of a service does not load it

from typing import Any

from flask import flash, render_template, url_for
from flask_login import current_user

from modules.tenancy.routes import people, roles
from modules.tenancy.routes.blueprints import vendor as bp
from modules.tenancy.routes.context import Page, form_page, save
from modules.tenancy.schemas import company as company_forms, vendor as vendor_forms
from modules.tenancy.services import company_service, vendor_service
from wizamart import clock
from wizamart.countries import country_choices, country_name
from wizamart.database import db, hold_row
from wizamart.i18n import gettext as _
from wizamart.permissions import requires
from wizamart.platform_context import current_platform, current_vendor
from wizamart.platforms import Vendor
from wizamart.web.forms import SchemaForm, values_of

__all__ = ["bp", "people", "roles"]


@bp.get("/business")
@requires("tenancy:profile:read")
def business_detail() -> Page:
    """Show what the vendor tells of itself, and its company."""
    session, vendor = db.session(), _vendor()
    company = company_service.find_company_of(session, vendor.id)
    return render_template(
        "tenancy/vendor/business_detail.html",
        vendor=vendor,
        profile=vendor_service.get_profile(session, vendor),
        company=company,
        country=country_name(company.country) if company else "",
    )


@bp.get("/business/profile/edit")
@requires("tenancy:profile:manage")
def profile_edit() -> Page:
    """Show the form of the profile."""
    return form_page(
        SchemaForm(vendor_forms.VendorProfileInput, values=_values(), guarded=True), **_profile_page()
    )


def _values() -> dict[str, Any]:
    """Return what the form of the profile is filled from."""
    vendor = _vendor()
    profile = vendor_service.get_profile(db.session(), vendor)
    return values_of(vendor_forms.VendorProfileInput, profile) | {"name": vendor.name}


@bp.post("/business/profile")
@requires("tenancy:profile:manage")
def profile_update() -> Page:
    """Change the profile."""
    hold_row(_vendor())

    def update(data: vendor_forms.VendorProfileInput) -> str:
        vendor_service.update_profile(db.session(), _vendor(), data, actor_id=current_user.id, at=clock.now())
        flash(_("Saved."), "success")
        return url_for("tenancy_vendor.business_detail")

    form = SchemaForm.from_request(vendor_forms.VendorProfileInput, values=_values(), guarded=True)
    return save(form, update, **_profile_page())


@bp.get("/business/company/edit")
@requires("tenancy:profile:manage")
def company_edit() -> Page:
    """Show the form of the vendor's company."""
    company = company_service.get_company_of(db.session(), current_vendor.id)
    form = SchemaForm(
        company_forms.CompanyInput, obj=company, choices={"country": country_choices()}, guarded=True
    )
    return form_page(form, **_company_page())


@bp.post("/business/company")
@requires("tenancy:profile:manage")
def company_update() -> Page:
    """Change the vendor's company."""
    company = company_service.get_company_of(db.session(), current_vendor.id)

    def update(data: company_forms.CompanyInput) -> str:
        company_service.update_own_company(
            db.session(),
            company,
            data,
            platform_id=current_platform.id,
            actor_id=current_user.id,
            at=clock.now(),
        )
        flash(_("Saved."), "success")
        return url_for("tenancy_vendor.business_detail")

    form = SchemaForm.from_request(
        company_forms.CompanyInput, obj=company, choices={"country": country_choices()}, guarded=True
    )
    return save(form, update, **_company_page())


def _vendor() -> Vendor:
    return vendor_service.get_vendor(db.session(), current_vendor.id, platform_id=current_platform.id)


def _profile_page() -> dict[str, Any]:
    overview = url_for("tenancy_vendor.business_detail")
    return {
        "title": _("Edit profile"),
        "action": url_for("tenancy_vendor.profile_update"),
        "cancel": overview,
        "crumbs": [(_("Business"), overview)],
    }


def _company_page() -> dict[str, Any]:
    overview = url_for("tenancy_vendor.business_detail")
    return {
        "title": _("Edit company"),
        "action": url_for("tenancy_vendor.company_update"),
        "cancel": overview,
        "crumbs": [(_("Business"), overview)],
    }
