"""`wizamart demo`: an installation to look at, made by the modules themselves, through their services.

Modules provide two hooks. `framework.demo_installation` `(session, *, password, reset_passwords, at)` creates what
belongs to no platform and returns a `DemoInstallation`; `framework.demo` `(session, *, platform_id, vendor_ids, at)`
fills one platform on which the module is on. Both do nothing where their rows exist.
"""

import json
import logging
import os
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import click
from flask import current_app, has_app_context
from flask.cli import with_appcontext

from wizamart import clock
from wizamart.config import ROOT, Settings
from wizamart.database import unit_of_work
from wizamart.i18n import force_locale
from wizamart.module_system import migrations
from wizamart.module_system.manager import current_manager
from wizamart.platforms import scoped

log = logging.getLogger(__name__)

PASSWORD_VARIABLE: Final = "WIZAMART_DEMO_PASSWORD"  # noqa: S105 - the name of a variable
PASSWORD_FILE: Final = "demo-password"  # noqa: S105 - the name of a file
ACCOUNTS_FILE: Final = "demo-accounts.json"
SQLITE: Final = "sqlite:///"


@dataclass(frozen=True, slots=True)
class DemoInstallation:
    """What the demonstration consists of: people as `(address, role)`, and by platform the vendors that sell there."""

    accounts: tuple[tuple[str, str], ...] = ()
    vendors_by_platform: dict[int, tuple[int, ...]] = field(default_factory=dict)


@click.command("demo")
@click.option("--quiet", is_flag=True, help="Leave the accounts to `serve`, which prints them too.")
@with_appcontext
def demo(quiet: bool) -> None:
    """Fill the installation with platforms, vendors, people and goods to look at; keeps what is there."""
    if current_app.extensions["settings"].is_production:
        raise click.ClickException(
            "This installation is set to production, where people whose password lies in a file have no place."
        )
    migrations.upgrade()
    password, is_new = _prepare_password()
    faults: list[str] = []
    accounts: list[tuple[str, str]] = []
    with force_locale("en"):
        for installation in _install(password, faults, is_new=is_new):
            accounts += installation.accounts
            for platform_id, vendor_ids in installation.vendors_by_platform.items():
                _fill_platform(platform_id, vendor_ids, faults)
    _write_privately(ACCOUNTS_FILE, json.dumps(accounts))
    if not quiet:
        click.echo(f"Demo accounts, all with the password {password}:")
        for email, role in accounts:
            click.echo(f"  {email:<26} {role}")
    if faults:
        for fault in faults:
            click.echo(f"failed: {fault}", err=True)
        sys.exit(1)


def demo_accounts() -> list[tuple[str, str]]:
    """Return `(address, role)` of the demonstration's people; nobody where there is no demonstration."""
    with suppress(OSError, ValueError):
        return [(email, role) for email, role in json.loads(_file(ACCOUNTS_FILE).read_text("utf-8"))]
    return []


def demo_password() -> str | None:
    """Return the password of the demonstration's people, if there is a demonstration."""
    with suppress(OSError):
        return _file(PASSWORD_FILE).read_text("utf-8").strip() or None
    return None


def _install(password: str, faults: list[str], *, is_new: bool) -> Iterator[DemoInstallation]:
    for contribution in current_manager().contributions.installed("framework.demo_installation"):
        made = _attempt(
            f"{contribution.module_code} (installation)",
            faults,
            contribution.provide,
            password=password,
            reset_passwords=is_new,
        )
        if isinstance(made, DemoInstallation):
            yield made


def _fill_platform(platform_id: int, vendor_ids: tuple[int, ...], faults: list[str]) -> None:
    """Ask each module in effect for its part, requirements first, each in a transaction of its own."""
    manager = current_manager()
    with unit_of_work(read_only=True) as session:
        state = manager.state_of(session, platform_id)
    rank = {code: position for position, code in enumerate(manager.registry)}
    providers = manager.contributions.providers("framework.demo", state)
    for contribution in sorted(providers, key=lambda one: (one.order, rank[one.module_code])):
        name = f"{contribution.module_code} (platform {platform_id})"
        _attempt(
            name,
            faults,
            contribution.provide,
            scope=platform_id,
            platform_id=platform_id,
            vendor_ids=vendor_ids,
        )


def _attempt(
    name: str, faults: list[str], provide: Callable[..., Any], *, scope: int | None = None, **options: Any
) -> Any:
    """Call a provider; what fails is undone, named, and keeps nobody else from contributing."""
    try:
        with unit_of_work() as session:
            if scope is None:
                return provide(session, at=clock.now(), **options)
            with scoped(session, scope):
                return provide(session, at=clock.now(), **options)
    except Exception as error:
        log.exception("demo_failed", extra={"contribution": name})
        faults.append(f"{name}: {type(error).__name__}: {error}")
        return None


def _prepare_password() -> tuple[str, bool]:
    """Return the password, and whether it is another one than that of the last run."""
    known = demo_password()
    wanted = os.environ.get(PASSWORD_VARIABLE) or known or secrets.token_urlsafe(12)
    if wanted != known:
        _write_privately(PASSWORD_FILE, wanted + "\n")
    return wanted, wanted != known


def _write_privately(name: str, text: str) -> None:
    path = _file(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text, "utf-8")


def _file(name: str) -> Path:
    """Return a file beside the SQLite database that it is about, or in the installation's own folder."""
    settings: Settings = current_app.extensions["settings"] if has_app_context() else Settings()
    url = settings.database_url
    folder = Path(url.removeprefix(SQLITE)).parent if url.startswith(SQLITE) else ROOT / "instance"
    return folder / name
