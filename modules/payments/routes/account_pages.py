"""Provider accounts as both portals show them."""

from __future__ import annotations  # so that naming a type of a service does not load it

from typing import Any

from flask import flash, request
from flask_login import current_user

from modules.payments import conductor
from modules.payments.config import PaymentsConfig
from modules.payments.exceptions import NotPossible, ProviderSilent
from modules.payments.gateways.interface import Gateway
from modules.payments.gateways.registry import find_gateway, get_gateway, installed_gateways
from modules.payments.routes.area import Area
from modules.payments.schemas import account as account_forms
from modules.payments.services import account_service, listing_service
from wizamart import clock
from wizamart.database import db, hold_row
from wizamart.exceptions import InvalidInput, NotFound
from wizamart.i18n import gettext as _, lazy_gettext
from wizamart.module_system.config_service import get_module_config
from wizamart.platform_context import current_platform
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to
from wizamart.web.tables import Column, Filter, Table


def may_have_own() -> bool:
    """Tell whether the platform lets vendors have accounts of their own."""
    config = get_module_config(db.session(), current_platform.id, "payments")
    return isinstance(config, PaymentsConfig) and config.vendors_have_accounts


def show_list(area: Area) -> str:
    """Return the accounts of the platform or of the vendor."""
    sorts = listing_service.ACCOUNT_EXPRESSIONS
    table = Table.from_select(
        db.session(),
        account_service.build_query(vendor_id=area.vendor_id),
        columns=[
            Column("name", lazy_gettext("Name"), sort=sorts["name"]),
            Column("gateway", lazy_gettext("Provider"), sort=sorts["gateway"]),
            Column("methods", lazy_gettext("Methods offered")),
            Column("is_live", lazy_gettext("Mode"), sort=sorts["is_live"]),
            Column("is_enabled", lazy_gettext("Status"), sort=sorts["is_enabled"]),
        ],
        search=[sorts["name"]],
        filters=[
            Filter("is_enabled", lazy_gettext("Enabled"), sorts["is_enabled"], kind="bool"),
            Filter("is_live", lazy_gettext("Live mode"), sorts["is_live"], kind="bool"),
        ],
        default_sort="name",
    )
    return area.render(
        "account_list.html",
        table=table,
        gateways=installed_gateways(),
        faults_of=account_service.list_faults,
        may_create=area.is_admin or may_have_own(),
    )


def _load(area: Area, account_id: int) -> Any:
    return account_service.get_account(db.session(), account_id, vendor_id=area.vendor_id)


def show(area: Area, account_id: int) -> str:
    """Return the page of one account; of its credentials only which are there."""
    account = _load(area, account_id)
    return area.render(
        "account_detail.html",
        account=account,
        gateway=find_gateway(account.gateway),
        stored=[name for name, value in _credentials_of(account).items() if value],
        faults=account_service.list_faults(account),
        sends_messages=account_service.sends_messages(account),
    )


def _credentials_of(account: Any) -> dict[str, str]:
    """Return the credentials as far as they can be read, for the names of those that are there."""
    credentials: dict[str, str] = account.credentials if account.is_readable else {}
    return credentials


def check(area: Area, account_id: int) -> Any:
    """Ask the provider whether it knows the account; nothing is held meanwhile."""
    try:
        owner = conductor.check_account(account_id, vendor_id=area.vendor_id)
    except ProviderSilent as trouble:
        flash(_("The check failed: %(trouble)s", trouble=trouble.trouble or str(trouble)), "danger")
    else:
        text = _("The provider knows this account: %(owner)s.", owner=owner) if owner else None
        flash(text or _("As far as can be seen, the credentials are in order."), "success")
    return go_to(area.url("account_detail", account_id=account_id))


def _form(gateway: Gateway, account: Any = None) -> SchemaForm[account_forms.AccountForm]:
    choices = {"methods": [(method.value, method.label) for method in gateway.capabilities.methods]}
    model = account_forms.form_model(gateway)
    values: dict[str, Any] | None = None
    if account is None and request.method == "GET":
        values = {"methods": [method.value for method in gateway.capabilities.methods]}
    elif account is not None:
        values = {
            "name": account.name,
            "is_live": account.is_live,
            "methods": account.methods,
            "credentials": _credentials_of(account),
        }
    if request.method == "POST":
        return SchemaForm.from_request(model, values=values, choices=choices, guarded=account is not None)
    return SchemaForm(model, values=values, choices=choices, guarded=account is not None)


def show_new(area: Area, gateway_code: str, form: SchemaForm[account_forms.AccountForm] | None = None) -> str:
    """Return the form for a new account."""
    gateway = find_gateway(gateway_code)
    if gateway is None or not (area.is_admin or may_have_own()):
        raise NotFound
    return area.render("account_form.html", form=form or _form(gateway), gateway=gateway, account=None)


def create(area: Area, gateway_code: str) -> Any:
    """Set up an account."""
    if not (area.is_admin or may_have_own()):
        raise NotPossible
    form = _form(get_gateway(gateway_code))
    if form.is_valid:
        try:
            account = account_service.create_account(
                db.session(),
                gateway_code,
                form.value,
                platform_id=current_platform.id,
                vendor_id=area.vendor_id,
                actor_id=current_user.id,
                at=clock.now(),
            )
        except InvalidInput as refusal:
            form.add_errors(refusal.errors)
        else:
            flash(_("%(name)s is set up.", name=account.name), "success")
            return go_to(area.url("account_detail", account_id=account.id))
    return show_new(area, gateway_code, form), 422


def show_edit(area: Area, account_id: int, form: SchemaForm[account_forms.AccountForm] | None = None) -> str:
    """Return the form of an account."""
    account = _load(area, account_id)
    gateway = get_gateway(account.gateway)
    return area.render(
        "account_form.html", form=form or _form(gateway, account), gateway=gateway, account=account
    )


def update(area: Area, account_id: int) -> Any:
    """Change an account."""
    account = _load(area, account_id)
    hold_row(account)
    form = _form(get_gateway(account.gateway), account)
    if form.is_valid:
        try:
            account_service.update_account(
                db.session(), account, form.value, actor_id=current_user.id, at=clock.now()
            )
        except InvalidInput as refusal:
            form.add_errors(refusal.errors)
        else:
            flash(_("%(name)s is saved.", name=account.name), "success")
            return go_to(area.url("account_detail", account_id=account.id))
    return show_edit(area, account_id, form), 422


def switch(area: Area, account_id: int) -> Any:
    """Switch an account on or off."""
    account = _load(area, account_id)
    is_enabled = request.form.get("is_enabled") == "true"
    account_service.set_enabled(
        db.session(), account, is_enabled=is_enabled, actor_id=current_user.id, at=clock.now()
    )
    text = _("%(name)s is switched on.") if is_enabled else _("%(name)s is switched off.")
    flash(text % {"name": account.name}, "success")
    return go_to(area.url("account_detail", account_id=account.id))
