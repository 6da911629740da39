"""The settings of a platform: what can be chosen, reading and saving."""

import functools
import hashlib
import json
from datetime import datetime
from typing import Any, Final
from zoneinfo import available_timezones

import sqlalchemy as sa
from babel import Locale
from babel.numbers import list_currencies
from sqlalchemy.orm import Session

from modules.core.exceptions import SettingsChanged
from modules.core.schemas.settings import PlatformSettings
from wizamart import audit
from wizamart.exceptions import InvalidInput
from wizamart.i18n import LOCALES, current_locale, gettext as _, language_name
from wizamart.module_system.exceptions import UnknownPlatform
from wizamart.platforms import Platform

COLUMNS: Final = ("name", "locales", "default_locale", "currency", "time_zone")
CURRENCIES: Final = (
    "EUR", "CHF", "GBP", "USD", "BGN", "CZK", "DKK", "HUF", "ISK", "NOK", "PLN", "RON", "SEK", "TRY",
    "AUD", "CAD", "CNY", "INR", "JPY",
)  # fmt: skip


def list_choices() -> dict[str, list[tuple[str, str]]]:
    """Return what can be chosen, in the reader's language."""
    languages = [(code, language_name(code)) for code in LOCALES]
    names = Locale.parse(current_locale()).currencies
    known = list_currencies()
    return {
        "locales": languages,
        "default_locale": languages,
        "currency": [(code, f"{code} – {names.get(code, code)}") for code in CURRENCIES if code in known],
        "time_zone": [(name, name.replace("_", " ")) for name in list_time_zones()],
    }


@functools.cache
def list_time_zones() -> tuple[str, ...]:
    """Return the names of time zones that people know: places, not offsets."""
    regions = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return (*sorted(name for name in available_timezones() if name.startswith(regions)), "UTC")


def get_platform(session: Session, platform_id: int) -> Platform:
    """Return a platform's row.

    :raises UnknownPlatform: when there is none with this id.
    """
    platform = session.scalars(sa.select(Platform).where(Platform.id == platform_id)).one_or_none()
    if platform is None:
        raise UnknownPlatform(platform=platform_id)
    return platform


def read_values(platform: Platform) -> dict[str, Any]:
    """Return the settings as a form shows them."""
    return {name: getattr(platform, name) for name in COLUMNS}


def version_of(platform: Platform) -> str:
    """Return a mark of the settings, by which a form notices that somebody else saved meanwhile."""
    stored = json.dumps(read_values(platform), sort_keys=True)
    return hashlib.sha256(stored.encode()).hexdigest()[:16]


def update_settings(
    session: Session,
    platform_id: int,
    wanted: PlatformSettings,
    *,
    version: str,
    actor_id: int | None,
    at: datetime,
) -> Platform:
    """Save the settings; what holds already writes nothing.

    :raises SettingsChanged: when they are not what the form showed.
    :raises InvalidInput: when the default language is not offered.
    """
    platform = get_platform(session, platform_id)
    if version != version_of(platform):
        raise SettingsChanged
    if wanted.default_locale not in wanted.locales:
        raise InvalidInput({"default_locale": [_("The default language must be one of the languages.")]})
    before = read_values(platform)
    after = wanted.model_dump()
    changed = [name for name, value in after.items() if before.get(name) != value]
    if not changed:
        return platform
    for name in COLUMNS:
        setattr(platform, name, after[name])
    audit.record(
        session,
        action="core.settings.update",
        target=f"platform:{platform.code}",
        actor_id=actor_id,
        platform_id=platform_id,
        before={name: before.get(name) for name in changed},
        after={name: after[name] for name in changed},
        at=at,
    )
    return platform
