"""Companies, for admins."""

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
from modules.tenancy.schemas import company as company_forms
from modules.tenancy.services import company_service
from wizamart import clock
from wizamart.countries import country_choices, country_name
from wizamart.database import db
from wizamart.i18n import gettext as _
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.web.exports import export_table, is_export
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to
from wizamart.web.portal import wants_all_platforms
from wizamart.web.tables import Column, Table


@bp.get("/companies")
@requires("tenancy:company:read")
def company_list() -> Page:
    """List the companies of the platform's vendors, as a page or as a file."""
    session, options = db.session(), _table_options()
    statement = company_service.list_statement(platform_id=listed_platform())
    if is_export():
        return export_table(session, statement, name="companies", **options)
    table = Table.from_select(session, statement, **options)
    return render_template(
        "tenancy/admin/company_list.html",
        table=table,
        wants_all=wants_all_platforms(),
        country_name=country_name,
    )


def _table_options() -> dict[str, Any]:
    sorts = company_service.SORTS
    return {
        "columns": (
            Column("legal_name", _("Legal name"), sort=sorts["legal_name"]),
            Column("vat_number", _("VAT number")),
            Column("city", _("City"), sort=sorts["city"]),
            Column("country", _("Country"), sort=sorts["country"]),
            Column("vendors", _("Vendors"), align="end"),
            Column("created_at", _("Since"), sort=sorts["created_at"]),
        ),
        "search": company_service.SEARCH,
        "default_sort": "legal_name",
        "carry": ("scope",),
    }


@bp.get("/companies/new")
@requires("tenancy:company:manage")
def company_new() -> Page:
    """Show the form of a new company."""
    return form_page(SchemaForm(company_forms.CompanyInput, choices=_choices()), **_new_page())


@bp.post("/companies")
@requires("tenancy:company:manage")
def company_create() -> Page:
    """Create a company."""

    def create(data: company_forms.CompanyInput) -> str:
        company = company_service.create_company(
            db.session(), data, platform_id=current_platform.id, actor_id=current_user.id, at=clock.now()
        )
        flash(_("“%(name)s” was added.", name=company.legal_name), "success")
        return url_for("tenancy_admin.company_detail", company_id=company.id)

    return save(
        SchemaForm.from_request(company_forms.CompanyInput, choices=_choices()), create, **_new_page()
    )


@bp.get("/companies/<int:company_id>")
@requires("tenancy:company:read")
def company_detail(company_id: int) -> Page:
    """Show a company with its vendors."""
    session = db.session()
    company = company_service.get_company(session, company_id, platform_id=visible_platform())
    return render_template(
        "tenancy/admin/company_detail.html",
        company=company,
        country=country_name(company.country),
        vendors=company_service.list_vendors(session, company, platform_id=visible_platform()),
    )


@bp.get("/companies/<int:company_id>/edit")
@requires("tenancy:company:manage")
def company_edit(company_id: int) -> Page:
    """Show the form of a company."""
    company = company_service.get_company(db.session(), company_id, platform_id=visible_platform())
    form = SchemaForm(company_forms.CompanyInput, obj=company, choices=_choices(), guarded=True)
    return form_page(form, **_edit_page(company_id, company.legal_name))


@bp.post("/companies/<int:company_id>")
@requires("tenancy:company:manage")
def company_update(company_id: int) -> Page:
    """Change a company."""
    session = db.session()
    company = company_service.get_company(session, company_id, platform_id=visible_platform())

    def update(data: company_forms.CompanyInput) -> str:
        company_service.update_company(
            session, company, data, platform_id=visible_platform(), actor_id=current_user.id, at=clock.now()
        )
        flash(_("Saved."), "success")
        return url_for("tenancy_admin.company_detail", company_id=company_id)

    form = SchemaForm.from_request(company_forms.CompanyInput, obj=company, choices=_choices(), guarded=True)
    return save(form, update, **_edit_page(company_id, company.legal_name))


@bp.post("/companies/<int:company_id>/removal")
@requires("tenancy:company:manage")
def company_delete(company_id: int) -> Page:
    """Delete a company that owns no vendor."""
    session = db.session()
    company = company_service.get_company(session, company_id, platform_id=visible_platform())
    company_service.delete_company(
        session, company, platform_id=visible_platform(), actor_id=current_user.id, at=clock.now()
    )
    flash(_("“%(name)s” was deleted.", name=company.legal_name), "success")
    return go_to(url_for("tenancy_admin.company_list"))


def _choices() -> dict[str, Any]:
    return {"country": country_choices()}


def _new_page() -> dict[str, Any]:
    overview = url_for("tenancy_admin.company_list")
    return {
        "title": _("New company"),
        "action": url_for("tenancy_admin.company_create"),
        "submit": _("Add company"),
        "cancel": overview,
        "crumbs": [(_("Companies"), overview)],
    }


def _edit_page(company_id: int, name: str) -> dict[str, Any]:
    detail = url_for("tenancy_admin.company_detail", company_id=company_id)
    return {
        "title": _("Edit company"),
        "action": url_for("tenancy_admin.company_update", company_id=company_id),
        "cancel": detail,
        "crumbs": [(_("Companies"), url_for("tenancy_admin.company_list")), (name, detail)],
    }
