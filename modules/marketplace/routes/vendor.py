"""The vendor's connection: settings, the feed's addresses, what is wrong with which product."""

from __future__ import annotations  # so that naming a type of a service does not load it

from typing import Any

from flask import flash, render_template, request, url_for
from flask_login import current_user

from modules.inventory.services import product_service
from modules.marketplace.exceptions import FeedNotFound
from modules.marketplace.routes.addresses import addresses
from modules.marketplace.schemas import connection as connection_forms
from modules.marketplace.services import connection_service, feed_service, text_service
from wizamart import clock
from wizamart.database import db
from wizamart.i18n import gettext as _, language_name
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.mounting import module_blueprint
from wizamart.permissions import requires
from wizamart.platform_context import current_platform, current_vendor
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to

bp = module_blueprint("marketplace", FrontendType.VENDOR, feature="marketplace.feed")
PREVIEWED = 25


@bp.get("/marketplace")
@requires("marketplace:connection:read")
def connection_detail() -> str:
    """Show the connection with the state of each feed."""
    session = db.session()
    connection = connection_service.find_connection(session)
    if connection is None:
        return render_template("marketplace/vendor/welcome.html")
    feeds = [
        (
            locale,
            language_name(locale),
            feed_service.summarise(session, connection, locale, addresses(), most=0),
        )
        for locale in connection.locales
    ]
    return render_template(
        "marketplace/vendor/connection_detail.html",
        connection=connection,
        adapter=connection_service.adapter_of(connection),
        feeds=feeds,
        log=connection_service.list_log(session, connection),
        kinds={kind.value: kind.label for kind in connection_forms.ExchangeKind},
    )


@bp.post("/marketplace")
@requires("marketplace:connection:update")
def connection_create() -> Any:
    """Connect to Letzshop."""
    connection_service.connect(
        db.session(),
        platform_id=current_platform.id,
        vendor_id=current_vendor.id,
        locales=current_platform.locales,
        actor_id=current_user.id,
        at=clock.now(),
    )
    flash(_("The feed is ready. Give its addresses to the marketplace."), "success")
    return go_to(url_for(".connection_detail"))


@bp.get("/marketplace/connection")
@requires("marketplace:connection:update")
def connection_edit() -> str:
    """Show the settings."""
    connection = connection_service.get_connection(db.session())
    return render_template("marketplace/vendor/connection_form.html", form=_form(connection))


@bp.post("/marketplace/connection")
@requires("marketplace:connection:update")
def connection_update() -> Any:
    """Change the settings."""
    session = db.session()
    connection = connection_service.get_connection(session)
    form = _form(connection, sent=True)
    if not form.is_valid:
        return render_template("marketplace/vendor/connection_form.html", form=form), 422
    connection_service.change(session, connection, form.value, actor_id=current_user.id, at=clock.now())
    flash(_("Saved."), "success")
    return go_to(url_for(".connection_detail"))


@bp.get("/marketplace/feed-address")
@requires("marketplace:connection:update")
def address_edit() -> str:
    """Say what a new address means, and ask."""
    connection_service.get_connection(db.session())
    return render_template("marketplace/vendor/address.html")


@bp.post("/marketplace/feed-address")
@requires("marketplace:connection:update")
def address_update() -> Any:
    """Give the feed a new address."""
    session = db.session()
    connection = connection_service.get_connection(session)
    connection_service.rotate_token(session, connection, actor_id=current_user.id, at=clock.now())
    flash(_("The feed has a new address; the old one leads nowhere."), "success")
    return go_to(url_for(".connection_detail"))


@bp.get("/marketplace/problems/<locale>")
@requires("marketplace:feed:read")
def problem_list(locale: str) -> str:
    """Show what is wrong with which product."""
    session = db.session()
    connection = _connection_with(locale)
    summary = feed_service.summarise(session, connection, locale, addresses())
    return render_template(
        "marketplace/vendor/problem_list.html",
        connection=connection,
        summary=summary,
        **_words(locale),
    )


@bp.get("/marketplace/preview/<locale>")
@requires("marketplace:feed:read")
def feed_preview(locale: str) -> str:
    """Show the first lines of the feed as they are sent."""
    connection = _connection_with(locale)
    adapter = connection_service.adapter_of(connection)
    rows: list[Any] = []
    for judged in feed_service.judge_all(db.session(), connection, locale, addresses()):
        if judged.is_offered:
            rows.append(adapter.write(judged.offer))
        if len(rows) == PREVIEWED:
            break
    return render_template(
        "marketplace/vendor/feed_preview.html",
        columns=adapter.columns,
        rows=rows,
        **_words(locale),
    )


@bp.get("/marketplace/products/<int:product_id>/<locale>")
@requires("marketplace:feed:read")
def product_detail(product_id: int, locale: str) -> str:
    """Show how a product is offered in a language, and why it is not."""
    return _product_page(product_id, locale)


@bp.post("/marketplace/products/<int:product_id>/<locale>")
@requires("marketplace:feed:update")
def product_update(product_id: int, locale: str) -> Any:
    """Write a product's text in a language."""
    _connection_with(locale)
    form = _text_form(product_id, locale, request.form)
    if not form.is_valid:
        return _product_page(product_id, locale, form), 422
    values = form.value
    text_service.set_text(
        db.session(), product_id, locale, title=values.title, description=values.description, at=clock.now()
    )
    flash(_("Saved."), "success")
    return go_to(url_for(".product_detail", product_id=product_id, locale=locale))


def _product_page(
    product_id: int, locale: str, form: SchemaForm[connection_forms.TextForm] | None = None
) -> str:
    session = db.session()
    connection = _connection_with(locale)
    return render_template(
        "marketplace/vendor/product_detail.html",
        product=product_service.get_product(session, product_id),
        offers=feed_service.judge_product(session, connection, product_id, locale, addresses()),
        connection=connection,
        language_name=language_name,
        form=form or _text_form(product_id, locale),
        **_words(locale),
    )


def _text_form(product_id: int, locale: str, sent: Any = None) -> SchemaForm[connection_forms.TextForm]:
    text = text_service.find_text(db.session(), product_id, locale)
    return SchemaForm(connection_forms.TextForm, sent, obj=text, guarded=True)


def _connection_with(locale: str) -> Any:
    connection = connection_service.get_connection(db.session())
    if locale not in connection.locales:
        raise FeedNotFound
    return connection


def _words(locale: str) -> dict[str, str]:
    # Not called `locale`: the layout has a name like that of its own.
    return {"feed_locale": locale, "language": language_name(locale)}


def _form(connection: Any, *, sent: bool = False) -> SchemaForm[connection_forms.ConnectionForm]:
    adapter = connection_service.adapter_of(connection)
    choices: dict[str, Any] = {"locales": [(code, language_name(code)) for code in adapter.locales]}
    if sent:
        return SchemaForm(
            connection_forms.ConnectionForm, request.form, obj=connection, choices=choices, guarded=True
        )
    return SchemaForm(connection_forms.ConnectionForm, obj=connection, choices=choices, guarded=True)
