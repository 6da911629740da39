"""Platforms: creating, changing, archiving and restoring them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from babel.numbers import list_currencies
from sqlalchemy.orm import Session

from modules.tenancy.exceptions import (
    CurrencyUnknown,
    DefaultLanguageMissing,
    LastPlatform,
    PlatformInUse,
    PlatformNotFound,
)
from modules.tenancy.services.code_service import check_code
from wizamart import audit
from wizamart.exceptions import InvalidInput
from wizamart.invisible import SHOWS_NOTHING, shows_nothing
from wizamart.module_system import service as module_service
from wizamart.module_system.manager import current_manager
from wizamart.platforms import Platform, PlatformStatus, VendorPlatform

FIELDS = ("name", "default_locale", "locales", "currency", "time_zone")


def list_platforms(session: Session, *, active_only: bool = False) -> Sequence[Platform]:
    """Return the platforms by name."""
    query = sa.select(Platform).order_by(Platform.name, Platform.id)
    if active_only:
        query = query.where(Platform.status == PlatformStatus.ACTIVE)
    return session.scalars(query).all()


def list_statement() -> sa.Select[Any]:
    """Return the platforms with how many vendors sell on each."""
    vendors = (
        sa.select(sa.func.count())
        .where(VendorPlatform.platform_id == Platform.id)
        .scalar_subquery()
        .label("vendors")
    )
    return sa.select(Platform.id, Platform.code, Platform.name, Platform.status, Platform.currency, vendors)


def get_platform(session: Session, platform_id: int) -> Platform:
    """Return a platform.

    :raises PlatformNotFound: when there is none.
    """
    found = session.scalars(sa.select(Platform).where(Platform.id == platform_id)).one_or_none()
    if found is None:
        raise PlatformNotFound
    return found


def get_platform_by_code(session: Session, code: str) -> Platform:
    """Return the platform of this code.

    :raises PlatformNotFound: when there is none.
    """
    found = session.scalars(sa.select(Platform).where(Platform.code == code)).one_or_none()
    if found is None:
        raise PlatformNotFound
    return found


def create_platform(
    session: Session,
    *,
    code: str,
    name: str,
    actor_id: int | None,
    at: datetime,
    default_locale: str = "en",
    locales: Sequence[str] = ("en", "fr", "de", "lb"),
    currency: str = "EUR",
    time_zone: str = "Europe/Luxembourg",
    modules: Iterable[str] = (),
    origin: str = "portal",
) -> Platform:
    """Create a platform with these modules on, and what they require; modules that are not here are left out.

    :raises CodeInvalid, CodeReserved, CodeTaken, DefaultLanguageMissing, CurrencyUnknown: at their fields.
    :raises InvalidInput: when the name shows nothing.
    """
    check_code(session, Platform.code, code)
    if shows_nothing(name):
        raise InvalidInput({"name": [str(SHOWS_NOTHING)]})
    _check_regional(default_locale, locales, currency)
    platform = Platform(
        code=code,
        name=name,
        default_locale=default_locale,
        locales=list(locales),
        currency=currency,
        time_zone=time_zone,
        settings={},
        created_at=at,
    )
    session.add(platform)
    session.flush()  # its modules need the id
    wanted = [module for module in modules if module in current_manager().registry]
    plan = module_service.plan(session, platform.id, enable=wanted)
    module_service.apply(session, plan, user_id=actor_id, origin=origin, at=at)
    _record(session, platform, "create", actor_id=actor_id, origin=origin, after=_values(platform), at=at)
    return platform


def update_platform(
    session: Session, platform: Platform, *, actor_id: int | None, at: datetime, **values: Any
) -> None:
    """Change name, languages, currency or time zone; saving the same values changes nothing.

    :raises DefaultLanguageMissing: when the default is not among the languages.
    """
    new = _values(platform) | values
    _check_regional(new["default_locale"], new["locales"], new["currency"])
    before = _values(platform)
    for name in FIELDS:
        if name in values:
            setattr(platform, name, values[name])
    after = _values(platform)
    if before != after:
        _record(session, platform, "update", actor_id=actor_id, before=before, after=after, at=at)


def archive_platform(
    session: Session, platform: Platform, *, here_id: int | None, actor_id: int | None, at: datetime
) -> None:
    """Close a platform: only super admins are answered, its data stays; archiving an archived one changes nothing.

    :raises PlatformInUse: when it is the one that the request came through (`here_id`).
    :raises LastPlatform: when no other is active.
    """
    if platform.status == PlatformStatus.ARCHIVED:
        return
    if platform.id == here_id:
        raise PlatformInUse
    active = sa.select(Platform.id).where(Platform.status == PlatformStatus.ACTIVE).order_by(Platform.id)
    if not set(session.scalars(active.with_for_update())) - {platform.id}:
        raise LastPlatform
    platform.status = PlatformStatus.ARCHIVED
    _record(session, platform, "archive", actor_id=actor_id, at=at)


def restore_platform(session: Session, platform: Platform, *, actor_id: int | None, at: datetime) -> None:
    """Open an archived platform again, as it was."""
    if platform.status == PlatformStatus.ACTIVE:
        return
    platform.status = PlatformStatus.ACTIVE
    _record(session, platform, "restore", actor_id=actor_id, at=at)


def _check_regional(default_locale: str, locales: Sequence[str], currency: str) -> None:
    if default_locale not in locales:
        raise DefaultLanguageMissing
    if currency not in list_currencies():
        raise CurrencyUnknown


def _values(platform: Platform) -> dict[str, Any]:
    return {name: getattr(platform, name) for name in FIELDS}


def _record(
    session: Session,
    platform: Platform,
    action: str,
    *,
    actor_id: int | None,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    origin: str = "portal",
) -> None:
    audit.record(
        session,
        action=f"tenancy.platform.{action}",
        target=f"platform:{platform.id}",
        actor_id=actor_id,
        platform_id=platform.id,
        before=before,
        after=after,
        origin=origin,
        at=at,
    )
