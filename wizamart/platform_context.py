"""Which platform, which vendor: found before routing, from the path's prefix or the host, with one query.

The context is for the edge (routes, templates). Services take `platform_id` as an argument.
"""

import functools
import json
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple, cast
from wsgiref.types import StartResponse, WSGIEnvironment

import sqlalchemy as sa
from flask import g, has_request_context, request
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import OperationalError
from werkzeug.local import LocalProxy
from werkzeug.wsgi import get_host

from wizamart.platforms import (
    Platform,
    PlatformHost,
    PlatformStatus,
    Vendor,
    VendorPlatform,
    VendorStatus,
)

ENVIRON_KEY: Final = "wizamart.context"
FAULT_KEY: Final = "wizamart.fault"
PLATFORM_PREFIX: Final = "/platforms/"
VENDOR_PREFIX: Final = "/vendors/"


class CurrentPlatform(NamedTuple):
    """The platform a request is for, as its row stood when the request came in."""

    id: int
    code: str
    name: str
    revision: int
    default_locale: str
    locales: tuple[str, ...]
    currency: str
    time_zone: str
    is_archived: bool = False


class CurrentVendor(NamedTuple):
    """The vendor whose portal or storefront a request is for."""

    id: int
    code: str
    name: str


class RequestContext(NamedTuple):
    """What the address of a request leads to; `vendor` only for a vendor's storefront."""

    platform: CurrentPlatform
    vendor: CurrentVendor | None = None


_PLATFORM_COLUMNS: Final = (
    Platform.id,
    Platform.code,
    Platform.name,
    Platform.module_revision,
    Platform.default_locale,
    sa.cast(Platform.locales, sa.Text).label("locales"),  # as it is stored: see _context
    Platform.currency,
    Platform.time_zone,
    Platform.status,
)
_NO_VENDOR: Final = (
    sa.literal(None, sa.Integer).label("vendor_id"),
    sa.literal(None, sa.String).label("vendor_code"),
    sa.literal(None, sa.String).label("vendor_name"),
)
_VENDOR_COLUMNS: Final = (
    Vendor.id.label("vendor_id"),
    Vendor.code.label("vendor_code"),
    Vendor.name.label("vendor_name"),
)
_IS_ACTIVE: Final = Platform.status == PlatformStatus.ACTIVE
_SELLS: Final = sa.and_(VendorPlatform.platform_id == Platform.id, VendorPlatform.vendor_id == Vendor.id)
_VENDOR_OPEN: Final = Vendor.status == VendorStatus.ACTIVE

_BY_CODE: Final = sa.select(*_PLATFORM_COLUMNS).where(Platform.code == sa.bindparam("platform_code"))
_BY_CODE_WITH_VENDOR: Final = (
    sa.select(*_PLATFORM_COLUMNS, *_VENDOR_COLUMNS)
    .join(Vendor, sa.true())
    .join(VendorPlatform, _SELLS)
    .where(
        Platform.code == sa.bindparam("platform_code"),
        _IS_ACTIVE,
        Vendor.code == sa.bindparam("vendor"),
        _VENDOR_OPEN,
    )
)


def _by_host() -> sa.Select[Any]:
    """Return the query that finds a host: its own row, the platform of its parent domain, or the default platform."""
    exact = (
        sa.select(
            *_PLATFORM_COLUMNS,
            *_VENDOR_COLUMNS,
            PlatformHost.vendor_id.label("bound"),
            sa.literal(0).label("rank"),
        )
        .join(PlatformHost, PlatformHost.platform_id == Platform.id)
        .outerjoin(Vendor, sa.and_(Vendor.id == PlatformHost.vendor_id, _VENDOR_OPEN))
        .where(PlatformHost.host == sa.bindparam("host"))
    )
    subdomain = (
        sa.select(*_PLATFORM_COLUMNS, *_VENDOR_COLUMNS, Vendor.id.label("bound"), sa.literal(1).label("rank"))
        .join(PlatformHost, PlatformHost.platform_id == Platform.id)
        .join(Vendor, sa.true())
        .join(VendorPlatform, _SELLS)
        .where(
            PlatformHost.host == sa.bindparam("parent"),
            PlatformHost.vendor_id.is_(None),
            Vendor.code == sa.bindparam("label"),
            _VENDOR_OPEN,
        )
    )
    default = sa.select(
        *_PLATFORM_COLUMNS,
        *_NO_VENDOR,
        sa.literal(None, sa.Integer).label("bound"),
        sa.literal(2).label("rank"),
    ).where(Platform.code == sa.bindparam("default"), _IS_ACTIVE)
    first = sa.select(
        *_PLATFORM_COLUMNS,
        *_NO_VENDOR,
        sa.literal(None, sa.Integer).label("bound"),
        sa.literal(3).label("rank"),
    ).where(Platform.id == sa.select(sa.func.min(Platform.id)).where(_IS_ACTIVE).scalar_subquery())
    union = sa.union_all(exact, subdomain, default, first).subquery()
    return sa.select(union).order_by(union.c.rank).limit(1)


_BY_HOST: Final = _by_host()


def find_by_code(connection: Connection, code: str, vendor: str | None = None) -> RequestContext | None:
    """Return the context of a platform's code, or with `vendor` of that vendor's storefront on it.

    A platform that is archived is found, too; its vendors' storefronts are not.
    """
    statement: Any = _BY_CODE if vendor is None else _BY_CODE_WITH_VENDOR
    wanted = {"platform_code": code} if vendor is None else {"platform_code": code, "vendor": vendor}
    row = connection.execute(statement, wanted).one_or_none()
    return _context(tuple(row)) if row is not None else None


def find_by_host(connection: Connection, host: str, default: str | None = None) -> RequestContext | None:
    """Return the context of a host name; one that nobody claimed leads to the default platform.

    The host of a vendor that is not active leads nowhere, and so do those of a platform that is archived.
    """
    label, _, parent = host.partition(".")
    row = connection.execute(
        _BY_HOST, {"host": host, "parent": parent, "label": label, "default": default}
    ).one_or_none()
    if row is None or (row.bound is not None and row.vendor_id is None):
        return None
    context = _context(tuple(row))
    return None if context.platform.is_archived else context


@functools.lru_cache(maxsize=1024)
def _context(row: tuple[Any, ...]) -> RequestContext:
    """Return what a row says; every request asks, and the same row says the same.

    The row's parts are taken by place: asking for them by name costs more than all else here.
    """
    platform_id, code, name, revision, locale, locales, currency, time_zone, status, *vendor = row
    platform = CurrentPlatform(
        id=platform_id,
        code=code,
        name=name,
        revision=revision,
        default_locale=locale,
        locales=tuple(json.loads(locales)),
        currency=currency,
        time_zone=time_zone,
        is_archived=status == PlatformStatus.ARCHIVED,
    )
    if not vendor or vendor[0] is None:
        return RequestContext(platform)
    return RequestContext(platform, CurrentVendor(*vendor[:3]))


WsgiApp = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]
Attach = Callable[[WSGIEnvironment, RequestContext | None, Connection], None]


class PlatformMiddleware:
    """Moves `/platforms/<code>` and `/vendors/<vendor>` to SCRIPT_NAME and says whom the request is for.

    `attach` is called with the connection that is open anyway, so what hangs on the platform's revision can be read
    on it. A prefix that leads nowhere stays in the path, and so finds no route. So does that of an archived platform
    unless `may_see_archived` says of the request that it comes from somebody who may; its hosts lead there no more.
    What keeps the database from answering is left under `FAULT_KEY` for the application, which has words for it.
    """

    def __init__(
        self,
        app: WsgiApp,
        engine: Callable[[], Engine],
        attach: Attach,
        *,
        default_platform: str | None,
        is_framework_path: Callable[[str], bool],
        may_see_archived: Callable[[WSGIEnvironment], bool],
    ) -> None:
        self._app = app
        self._engine = engine
        self._attach = attach
        self._default = default_platform
        self._is_framework_path = is_framework_path
        self._may_see_archived = may_see_archived

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Find the platform, then answer."""
        if not self._is_framework_path(environ.get("PATH_INFO", "")):
            try:
                with self._engine().connect() as connection:
                    self._attach(environ, self._find(environ, connection), connection)
            except OperationalError as error:
                environ[FAULT_KEY] = error
        return self._app(environ, start_response)

    def _find(self, environ: WSGIEnvironment, connection: Connection) -> RequestContext | None:
        path: str = environ.get("PATH_INFO", "")
        if "\x00" in path:
            return None  # no code has one, and PostgreSQL does not even look
        taken, code, rest = _split_prefix(path, PLATFORM_PREFIX)
        if code is None:
            context = find_by_host(connection, _host_name(environ), self._default)
        else:
            context = find_by_code(connection, code)
        if context is None or (context.platform.is_archived and not self._may_see_archived(environ)):
            return None
        vendor_taken, vendor, vendor_rest = _split_prefix(rest, VENDOR_PREFIX)
        if vendor is not None and context.vendor is None:
            context = find_by_code(connection, context.platform.code, vendor)
            if context is None:
                return None
            taken, rest = taken + vendor_taken, vendor_rest
        environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + taken
        environ["PATH_INFO"] = rest
        return context


def _split_prefix(path: str, prefix: str) -> tuple[str, str | None, str]:
    """Split `/platforms/oms/admin` into `/platforms/oms`, `oms` and `/admin`."""
    if not path.startswith(prefix):
        return "", None, path
    code, slash, rest = path.removeprefix(prefix).partition("/")
    return (prefix + code, code, slash + rest) if code else ("", None, path)


def _host_name(environ: WSGIEnvironment) -> str:
    """Return the host without its port, in lower case."""
    host = get_host(environ)
    return host.rpartition(":")[0].lower() if host.rpartition(":")[2].isdigit() else host.lower()


def request_context() -> RequestContext | None:
    """Return what the address of the current request led to, if anything."""
    return request.environ.get(ENVIRON_KEY) if has_request_context() else None


def _current_platform() -> CurrentPlatform:
    context = request_context()
    if context is None:
        raise RuntimeError("no platform here: pass platform_id as an argument outside of requests")
    return context.platform


def _current_vendor() -> CurrentVendor | None:
    found: CurrentVendor | None = g.get("vendor")
    return found


current_platform = cast("CurrentPlatform", LocalProxy(_current_platform))
current_vendor = cast("CurrentVendor", LocalProxy(_current_vendor))
