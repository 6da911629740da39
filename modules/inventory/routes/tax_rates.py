"""The platform's VAT rates: how they are, and reading them from a file of WooCommerce, looked at before it is done."""

from __future__ import annotations  # so that naming a type of a service does not load it

from typing import Any

from flask import flash, render_template, request, url_for
from flask_login import current_user

from modules.inventory.routes.blueprints import admin as bp
from modules.inventory.schemas import tax_class as tax_classes, tax_file as forms
from modules.inventory.services import tax_file_service
from wizamart import clock
from wizamart.countries import country_choices
from wizamart.database import db
from wizamart.exceptions import InvalidInput
from wizamart.i18n import gettext as _, ngettext
from wizamart.module_system.exceptions import StaleConfiguration
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to


@bp.get("/tax-rates")
@requires("core:module:update")
def tax_rate_list() -> str:
    """Show the rates of today, and ask for a file."""
    return _list_page(SchemaForm(forms.TaxFileForm, values={"valid_from": _today()}, choices=_choices()))


@bp.post("/tax-rates")
@requires("core:module:update")
def tax_rate_read() -> Any:
    """Show what a file would change; nothing is changed."""
    form = _sent_form()
    try:
        content = _sent_content()
        file = tax_file_service.read_file(content)
    except InvalidInput as error:
        form.add_errors(error.errors)
        return _list_page(form), error.status
    try:
        return _preview_page(form, content, file, _preview(form, file))
    except InvalidInput as error:
        if form.is_valid:
            form.add_errors(error.errors)
        return _preview_page(form, content, file, None), error.status


@bp.post("/tax-rates/application")
@requires("core:module:update")
def tax_rate_apply() -> Any:
    """Take the rates of a file over, as they were shown."""
    form, content = _sent_form(), _sent_content()
    file = tax_file_service.read_file(content)
    found, version = _preview(form, file), request.form.get("version", "")
    try:
        done = tax_file_service.apply(
            db.session(), current_platform.id, found, version=version, user_id=current_user.id
        )
    except StaleConfiguration as error:
        found, done = _preview(form, file), 0
        if found.has_news:
            form.add_error("", error)
            return _preview_page(form, content, file, found), error.status
    _tell(done)
    return go_to(url_for("inventory_admin.tax_rate_list"))


def _tell(done: int) -> None:
    if done:
        flash(ngettext("%(num)d rate was taken over.", "%(num)d rates were taken over.", done), "success")
    else:
        flash(_("The rates of the file are here already. Nothing was changed."), "success")


def _sent_form() -> SchemaForm[forms.TaxFileForm]:
    return SchemaForm.from_request(forms.TaxFileForm, choices=_choices())


def _today() -> Any:
    return clock.now().date()


def _choices() -> dict[str, Any]:
    return {"country": country_choices()}


def _sent_content() -> bytes:
    """Return the file that was chosen, or the one that came along from the page before."""
    sent = request.files.get("file")
    if sent is not None and sent.filename:
        with sent.stream:
            return sent.stream.read(tax_file_service.LARGEST_FILE + 1)
    return tax_file_service.unpack(request.form.get("packed", ""))


def _preview(form: SchemaForm[forms.TaxFileForm], file: tax_file_service.TaxFile) -> tax_file_service.Preview:
    """Return what a file comes to.

    :raises InvalidInput: for a day or a country that cannot be.
    """
    value, session = form.validate_or_raise(), db.session()
    home = tax_file_service.find_home_country(session, current_platform.id)
    country = tax_file_service.choose_country(file, chosen=value.country, home=home)
    return tax_file_service.preview(
        session, current_platform.id, file, country=country, valid_from=value.valid_from
    )


def _list_page(form: SchemaForm[forms.TaxFileForm]) -> str:
    session = db.session()
    return render_template(
        "inventory/admin/tax_rate_list.html",
        form=form,
        rates=tax_file_service.list_rates(session, current_platform.id, on=_today()),
        home=tax_file_service.find_home_country(session, current_platform.id),
        name_of=tax_classes.name_of_tax_class,
    )


def _preview_page(
    form: SchemaForm[forms.TaxFileForm],
    content: bytes,
    file: tax_file_service.TaxFile,
    preview: tax_file_service.Preview | None,
) -> str:
    return render_template(
        "inventory/admin/tax_rate_preview.html",
        form=form,
        preview=preview,
        untouched=[tax_classes.name_of_tax_class(code) for code in preview.untouched] if preview else [],
        countries=file.countries,
        packed=tax_file_service.pack(content),
        name_of=tax_classes.name_of_tax_class,
    )
