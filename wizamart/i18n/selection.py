"""Which language and which time zone: the address's, the user's, the visitor's, the platform's, in this order."""

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import flask_babel
from babel import Locale, UnknownLocaleError
from flask import Flask, current_app, g, has_app_context, has_request_context, request

# What CLDR says each calls itself. Asking Babel loads a megabyte for each, also for those that nobody reads.
OWN_NAMES: Final = {"en": "English", "fr": "Français", "de": "Deutsch", "lb": "Lëtzebuergesch"}
LOCALES = tuple(OWN_NAMES)
DEFAULT_LOCALE = "en"
DEFAULT_TIME_ZONE = "Europe/Luxembourg"
LOCALE_COOKIE = "locale"


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the user and the platform say about language and time; None where they say nothing."""

    user_locale: str | None = None
    user_time_zone: str | None = None
    platform_locale: str | None = None
    platform_locales: Sequence[str] = LOCALES
    platform_time_zone: str | None = None


def read_preferences() -> Preferences:
    """Read them from the request: the platform its WSGI layer found, the user if already loaded.

    Never loads the user itself: an error on the way to the user must be translatable, too.
    """
    platform = request.environ.get("wizamart.platform") if has_request_context() else None
    user = g.get("_login_user")
    locale = getattr(platform, "locale", None) or getattr(platform, "default_locale", None)
    return Preferences(
        user_locale=getattr(user, "locale", None),
        user_time_zone=getattr(user, "time_zone", None),
        platform_locale=locale,
        platform_locales=tuple(getattr(platform, "locales", None) or LOCALES),
        platform_time_zone=getattr(platform, "time_zone", None),
    )


def choose_locale(
    preferences: Preferences,
    *,
    address: str | None = None,
    cookie: str | None = None,
    accepted: Sequence[str] = (),
) -> str:
    """Return the first wish that the platform offers: the address's, the user's, the cookie's, the browser's.

    An address that names a language is the page in that language, for everybody: so search engines were told.
    """
    offered = list(preferences.platform_locales)
    for wish in (address, preferences.user_locale, cookie, *accepted):
        match = wish and match_locale(wish, offered)
        if match:
            return match
    default = preferences.platform_locale or DEFAULT_LOCALE
    return default if default in offered or not offered else offered[0]


def match_locale(wish: str, offered: Sequence[str]) -> str | None:
    """Return the offered locale that fits: the same, or one of the same language."""
    wish = wish.replace("-", "_").lower()
    exact = next((code for code in offered if code.lower() == wish), None)
    language = wish.split("_", maxsplit=1)[0]
    return exact or next(
        (code for code in offered if code.lower().split("_", maxsplit=1)[0] == language), None
    )


def select_locale(preferences: Callable[[], Preferences]) -> str:
    """Choose the locale of the running request; outside of one the platform's default is all there is."""
    wanted = preferences()
    if not has_request_context():
        return choose_locale(wanted)
    cookie, _dot, chosen_by = request.cookies.get(LOCALE_COOKIE, "").partition(".")
    if chosen_by and chosen_by == str(getattr(g.get("_login_user"), "id", None)):
        wanted = replace(
            wanted, user_locale=match_locale(cookie, wanted.platform_locales) or wanted.user_locale
        )
    accepted = [language for language, quality in request.accept_languages if quality > 0]
    return choose_locale(wanted, address=request.args.get("lang"), cookie=cookie, accepted=accepted)


def locale_cookie(locale: str, user_id: int | None) -> str:
    """Return the cookie's value; with the user's id in it, it goes before what that user has stored."""
    return locale if user_id is None else f"{locale}.{user_id}"


def select_time_zone(preferences: Callable[[], Preferences]) -> ZoneInfo:
    """Choose the time zone; a name that the system does not know is passed over."""
    wanted = preferences()
    for name in (wanted.user_time_zone, wanted.platform_time_zone):
        zone = find_zone(name) if name else None
        if zone is not None:
            return zone
    return ZoneInfo(DEFAULT_TIME_ZONE)


@functools.lru_cache(maxsize=1024)
def find_zone(name: str) -> ZoneInfo | None:
    """Return the time zone of this name, or None; listing all names instead would walk the disk at every request."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def current_locale() -> str:
    """Return the reader's locale, such as `fr` or `pt_BR`; English where there is no application."""
    return str(_babel_locale())


def current_time_zone() -> ZoneInfo:
    """Return the reader's time zone."""
    if not _is_set_up():
        return ZoneInfo(DEFAULT_TIME_ZONE)
    _notice_user()
    zone = flask_babel.get_timezone()
    return zone if isinstance(zone, ZoneInfo) else ZoneInfo(str(zone))


def _notice_user() -> None:
    """Choose anew once the user is known: a text may have been asked for before, and the choice is kept."""
    user = id(g.get("_login_user"))
    if g.get("_languages_chosen_for") != user:
        g._languages_chosen_for = user  # noqa: SLF001 - an attribute of ours on Flask's namespace
        flask_babel.refresh()


def _babel_locale() -> Locale:
    if _is_set_up():
        _notice_user()
    return (flask_babel.get_locale() if _is_set_up() else None) or Locale.parse(DEFAULT_LOCALE)


def _is_set_up(app: Flask | None = None) -> bool:
    return has_app_context() and "babel" in (app or current_app).extensions


def refresh() -> None:
    """Choose language and time zone anew: the user has just been loaded, or has changed them."""
    if _is_set_up():
        flask_babel.refresh()


@contextmanager
def force_locale(locale: str) -> Iterator[None]:
    """Speak another language inside the block: a mail goes out in its reader's."""
    if not _is_set_up():
        yield
        return
    with flask_babel.force_locale(locale):
        yield


def available_locales() -> list[tuple[str, str]]:
    """Return the locales that the platform offers, each with its own name for itself."""
    offered = read_preferences().platform_locales if has_request_context() else LOCALES
    return [(code, language_name(code)) for code in offered]


def language_name(code: str) -> str:
    """Return what speakers of a language call it: `Français`."""
    if code in OWN_NAMES:
        return OWN_NAMES[code]
    try:
        name = Locale.parse(code).get_display_name(code)
    except (UnknownLocaleError, ValueError):
        return code
    return name[:1].upper() + name[1:] if name else code


def language_in_words(code: str) -> str:
    """Return what the reader's language calls a language, as in a sentence: `anglais`."""
    try:
        return Locale.parse(code).get_display_name(current_locale()) or code
    except (UnknownLocaleError, ValueError):
        return code


def language_tag(code: str | None = None) -> str:
    """Return the locale as HTML and HTTP write it: `pt-BR`."""
    return (code or current_locale()).replace("_", "-")


def text_direction(code: str | None = None) -> str:
    """Return `ltr` or `rtl`, for the attribute `dir`."""
    return Locale.parse(code or current_locale()).text_direction
