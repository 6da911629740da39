"""Host names that lead to a platform, or to a vendor's storefront on it."""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.tenancy.exceptions import HostInvalid, HostNotFound, HostTaken, VendorNotFound
from modules.tenancy.models.host_check import HostCheck
from wizamart import audit
from wizamart.platforms import PlatformHost, Vendor, VendorPlatform

LONGEST: Final = 253
LABEL: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")


def normal_host(text: str) -> str:
    """Return a host name as it is stored: lower case, international names in their ASCII form (RFC 5890).

    :raises HostInvalid: for addresses with scheme, port or path, for numbers, and for what no DNS name can be.
    """
    try:
        host = text.strip().rstrip(".").lower().encode("idna").decode("ascii")
    except UnicodeError as error:
        raise HostInvalid from error
    labels = host.split(".")
    is_name = len(host) <= LONGEST and all(LABEL.fullmatch(label) for label in labels)
    if not is_name or labels[-1].isdigit():
        raise HostInvalid
    return host


def list_hosts(session: Session, platform_id: int) -> Sequence[Any]:
    """Return the platform's hosts with the vendor each leads to, the primary one first."""
    query = (
        sa.select(
            PlatformHost.id,
            PlatformHost.host,
            PlatformHost.is_primary,
            PlatformHost.verified_at,
            Vendor.name.label("vendor_name"),
        )
        .outerjoin(Vendor, Vendor.id == PlatformHost.vendor_id)
        .where(PlatformHost.platform_id == platform_id)
        .order_by(PlatformHost.is_primary.desc(), PlatformHost.host)
    )
    return session.execute(query).all()


def get_host(session: Session, platform_id: int, host_id: int) -> PlatformHost:
    """Return one host of the platform.

    :raises HostNotFound: when the platform has none with this id.
    """
    query = sa.select(PlatformHost).where(PlatformHost.id == host_id, PlatformHost.platform_id == platform_id)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise HostNotFound
    return found


def add_host(
    session: Session,
    platform_id: int,
    *,
    host: str,
    vendor_id: int | None = None,
    actor_id: int | None,
    at: datetime,
) -> PlatformHost:
    """Let a host name lead to the platform, or to the storefront of a vendor that sells on it.

    The first one for the platform itself is its primary host, which mails name.

    :raises HostInvalid, HostTaken: at the field `host`.
    :raises VendorNotFound: when the vendor does not sell here.
    """
    name = normal_host(host)
    if session.scalar(sa.select(sa.exists().where(PlatformHost.host == name))):
        raise HostTaken
    sells = sa.exists().where(
        VendorPlatform.platform_id == platform_id, VendorPlatform.vendor_id == vendor_id
    )
    if vendor_id is not None and not session.scalar(sa.select(sells)):
        raise VendorNotFound
    has_primary = sa.exists().where(PlatformHost.platform_id == platform_id, PlatformHost.is_primary)
    row = PlatformHost(
        host=name,
        platform_id=platform_id,
        vendor_id=vendor_id,
        is_primary=vendor_id is None and not session.scalar(sa.select(has_primary)),
    )
    session.add(row)
    session.flush()  # the check needs the id
    session.add(HostCheck(host_id=row.id, token=secrets.token_urlsafe(24), created_at=at))
    _record(session, row, "create", actor_id=actor_id, at=at)
    return row


def remove_host(session: Session, host: PlatformHost, *, actor_id: int | None, at: datetime) -> None:
    """Let a host name lead nowhere again."""
    _record(session, host, "delete", actor_id=actor_id, at=at)
    session.delete(host)


def make_primary(session: Session, host: PlatformHost, *, actor_id: int | None, at: datetime) -> None:
    """Let mails name this host; that of a vendor's storefront cannot be primary.

    :raises HostNotFound: for the host of a vendor.
    """
    if host.vendor_id is not None:
        raise HostNotFound
    if host.is_primary:
        return
    session.execute(
        sa.update(PlatformHost).where(PlatformHost.platform_id == host.platform_id).values(is_primary=False)
    )
    host.is_primary = True
    _record(session, host, "make_primary", actor_id=actor_id, at=at)


def find_token(session: Session, host_id: int) -> str | None:
    """Return the secret part of the address that proves where the host leads."""
    return session.scalar(sa.select(HostCheck.token).where(HostCheck.host_id == host_id))


def get_by_token(session: Session, platform_id: int, *, token: str, asked_host: str) -> PlatformHost:
    """Return the host that a check is for, if the request came through that very host.

    :raises HostNotFound: when the token is unknown or the request came through another name.
    """
    query = (
        sa.select(PlatformHost)
        .join(HostCheck, HostCheck.host_id == PlatformHost.id)
        .where(
            HostCheck.token == token,
            PlatformHost.host == asked_host,
            PlatformHost.platform_id == platform_id,
        )
    )
    found = session.scalars(query).one_or_none()
    if found is None:
        raise HostNotFound
    return found


def verify(session: Session, host: PlatformHost, *, at: datetime) -> None:
    """Note that a request reached us through this host: no question to the DNS can prove as much."""
    if host.verified_at is None:
        host.verified_at = at
        _record(session, host, "verify", actor_id=None, at=at)


def _record(session: Session, host: PlatformHost, action: str, *, actor_id: int | None, at: datetime) -> None:
    audit.record(
        session,
        action=f"tenancy.host.{action}",
        target=f"host:{host.host}",
        actor_id=actor_id,
        platform_id=host.platform_id,
        after={"host": host.host, "vendor_id": host.vendor_id},
        at=at,
    )
