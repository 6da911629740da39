"""Give an application its languages: Flask-Babel, the catalogues, JSON, and what templates call."""

import functools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from flask_babel import Babel
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from wizamart.config import ROOT
from wizamart.i18n import formats, text
from wizamart.i18n.catalogues import Catalogues
from wizamart.i18n.selection import (
    DEFAULT_LOCALE,
    Preferences,
    available_locales,
    current_locale,
    language_in_words,
    language_tag,
    read_preferences,
    select_locale,
    select_time_zone,
    text_direction,
)

FRAMEWORK_FOLDER = ("wizamart", ROOT / "translations")


class JSONProvider(DefaultJSONProvider):
    """Flask's JSON, in which a lazy text is the string it reads as now."""

    @staticmethod
    def default(value: Any) -> Any:
        """Return what JSON can hold for a value that it does not know."""
        if isinstance(value, text.LazyText):
            return str(value)
        return DefaultJSONProvider.default(value)


def init_app(
    app: Flask,
    *,
    catalogue_folders: Iterable[tuple[str, Path]] = (),
    preferences: Callable[[], Preferences] = read_preferences,
    watch: bool | None = None,
) -> None:
    """Set up languages; `catalogue_folders` are the modules' (code, folder), later ones override."""
    if watch is None:
        settings = app.extensions.get("settings")
        watch = app.debug or getattr(settings, "environment", None) == "development"
    babel = Babel(configure_jinja=False)
    babel.init_app(
        app,
        default_locale=DEFAULT_LOCALE,
        locale_selector=functools.partial(select_locale, preferences),
        timezone_selector=functools.partial(select_time_zone, preferences),
    )
    babel.domain_instance = Catalogues((FRAMEWORK_FOLDER, *catalogue_folders), watch=watch)
    app.extensions["catalogues"] = babel.domain_instance
    app.json = JSONProvider(app)
    app.jinja_env.globals.update(
        _=_gettext,
        gettext=_gettext,
        ngettext=_ngettext,
        pgettext=_pgettext,
        npgettext=_npgettext,
        current_locale=current_locale,
        available_locales=available_locales,
        language_tag=language_tag,
        text_direction=text_direction,
    )
    app.jinja_env.filters.update(
        money=_money,
        datetime=_blank_for_none(formats.format_datetime),
        date=_blank_for_none(formats.format_date),
        time=_blank_for_none(formats.format_time),
        number=_blank_for_none(formats.format_number),
        percent=_blank_for_none(formats.format_percent),
        relative=_blank_for_none(formats.format_relative),
        language=language_in_words,
        translate=text.translate,
    )


def _blank_for_none(function: Callable[..., str]) -> Callable[..., str]:
    @functools.wraps(function)
    def show(value: Any, *args: Any, **options: Any) -> str:
        return "" if value is None else function(value, *args, **options)

    return show


def _money(value: Any, currency: str | None = None) -> str:
    """Write minor units with the currency given, or a money value that knows its own."""
    if value is None:
        return ""
    if hasattr(value, "minor"):
        return formats.format_money(value.minor, currency or value.currency)
    if currency is None:
        raise TypeError("the filter money needs the currency of plain minor units")
    return formats.format_money(value, currency)


def _filled(context: EvalContext, message: str, variables: dict[str, Any]) -> str:
    """Fill the placeholders; in a page that escapes, the message may hold markup and the values may not."""
    template = Markup(message) if context.autoescape else message  # noqa: S704 - catalogues are reviewed, see `i18n check`
    return template % variables if variables else template


@pass_eval_context
def _gettext(context: EvalContext, message: str, **variables: Any) -> str:
    return _filled(context, text.gettext(message), variables)


@pass_eval_context
def _pgettext(context: EvalContext, topic: str, message: str, **variables: Any) -> str:
    return _filled(context, text.pgettext(topic, message), variables)


@pass_eval_context
def _ngettext(context: EvalContext, singular: str, plural: str, num: int, **variables: Any) -> str:
    message = text.current_translations().ungettext(singular, plural, num)
    return _filled(context, message, {"num": num, **variables})


@pass_eval_context
def _npgettext(
    context: EvalContext, topic: str, singular: str, plural: str, num: int, **variables: Any
) -> str:
    message = text.current_translations().unpgettext(topic, singular, plural, num)
    return _filled(context, message, {"num": num, **variables})
