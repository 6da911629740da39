"""Addresses: where to go next, and what to write into mails; neither may lead to a stranger's site."""

from collections.abc import Callable
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app, request, url_for
from sqlalchemy.orm import Session

from wizamart.auth.exceptions import AddressUnknown
from wizamart.config import Settings
from wizamart.platform_context import PLATFORM_PREFIX, RequestContext, request_context
from wizamart.platforms import Platform, PlatformHost


def is_safe_path(path: str | None) -> bool:
    """Tell whether this is a path on this site, in every reading that a browser might give it."""
    if not path or not path.startswith("/") or path.startswith("//"):
        return False
    if "\\" in path or any(ord(character) < 32 or ord(character) == 127 for character in path):  # noqa: PLR2004
        return False
    try:
        parts = urlsplit(path)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc


def asked_path() -> str | None:
    """Return the path in `next` that the request asks to go on to, if it is one of this site."""
    path = request.values.get("next")
    return path if is_safe_path(path) else None


def link_maker(session: Session, *, for_super_admin: bool = False) -> Callable[..., str]:
    """Return what makes the full addresses that leave this site, in mails or to providers; it is called like `url_for`.

    Whoever asks for a mail to somebody else chooses the `Host` of that request, and must not choose where its links
    lead: in production only a host that is registered for the platform or the public address of the installation
    stands in them. Ask before looking for the receiver, so that a refusal does not tell who is known.

    A platform's admins register its hosts, which must not let them read the links of somebody who runs all platforms:
    `for_super_admin` takes the public address wherever there is one.

    :raises AddressUnknown: when the request came by another host, and no such address is known.
    """
    public = _settings().public_address if for_super_admin else None
    address = public or _address_of_request(session)
    return lambda endpoint, **values: address + url_for(endpoint, **values)


def platform_address(session: Session, platform_id: int) -> str | None:
    """Return what stands before the paths of a platform where no request says it: `https://market.example.com`.

    That is its primary host, else the installation's public address with the platform's prefix, if there is one.
    """
    is_own = sa.and_(PlatformHost.platform_id == Platform.id, PlatformHost.vendor_id.is_(None))
    named = (
        sa.select(PlatformHost.host, Platform.code)
        .select_from(Platform)
        .outerjoin(PlatformHost, is_own)
        .where(Platform.id == platform_id)
        .order_by(PlatformHost.is_primary.desc(), PlatformHost.host)
        .limit(1)
    )
    host, code = session.execute(named).one()
    if host is not None:
        return f"https://{host}"
    public = _settings().public_address
    return f"{public}{PLATFORM_PREFIX}{code}" if public else None


def _address_of_request(session: Session) -> str:
    """Return what stands before the paths that `url_for` makes, which begin with the request's prefix."""
    asked, settings, context = request.host_url.rstrip("/"), _settings(), request_context()
    if not settings.is_production and settings.public_address is None:
        return asked
    if asked == settings.public_address:
        return asked
    if context is None:
        address = settings.public_address
    elif _is_host_of(session, context, request.host):
        return asked
    else:
        address = platform_address(session, context.platform.id)
    if address is None:
        raise AddressUnknown
    is_prefixed = request.script_root.startswith(PLATFORM_PREFIX)
    return address.partition(PLATFORM_PREFIX)[0] if is_prefixed else address


def _is_host_of(session: Session, context: RequestContext, host: str) -> bool:
    """Tell whether a host is registered for the platform, or is a vendor's name before one that is."""
    label, _dot, parent = host.partition(".")
    is_own = PlatformHost.host == host
    if context.vendor is not None and context.vendor.code == label:
        is_own |= sa.and_(PlatformHost.host == parent, PlatformHost.vendor_id.is_(None))
    known = sa.exists().where(PlatformHost.platform_id == context.platform.id, is_own)
    return bool(session.scalar(sa.select(known)))


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
