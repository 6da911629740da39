"""`wizamart serve`, `worker` and `health`: what runs, and how it is."""

import json
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from gunicorn.app.base import BaseApplication

from wizamart import queue
from wizamart.app import Wizamart, start
from wizamart.commands.demo import demo_accounts, demo_password
from wizamart.config import Settings
from wizamart.database import db
from wizamart.module_system import migrations
from wizamart.observability import HealthRegistry, HealthStatus

SECONDS_TO_ANSWER = 60.0
LOOPBACKS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to ask one that listens everywhere


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn, with the options given here instead of its own command line."""

    def __init__(self, load: Callable[[], Any], options: dict[str, Any]) -> None:
        self._load = load
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Take the options."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Return the application, in the worker that serves it."""
        return self._load()


@click.command("serve")
@click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", envvar="PORT", default=5000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes.")
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64), help="Threads in each.")
@with_appcontext
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serve the portal; prints the address once it answers."""
    app: Wizamart = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    if app.extensions["settings"].migrate_on_start:
        migrations.upgrade()
    db.engine.dispose()  # the workers are forked from here, and must share no connection
    port = _free_port(host, port)

    def load() -> Wizamart:
        start(app)
        return app

    settings = app.extensions["settings"]
    threading.Thread(target=_announce, args=(host, port, settings), daemon=True).start()
    options = {
        "bind": _authority(host, port),
        "workers": workers,
        "threads": threads,
        "worker_class": "gthread",
        "loglevel": "warning",
        "graceful_timeout": 20,
        "control_socket_disable": True,
    }
    Server(load, options).run()


def _free_port(host: str, port: int) -> int:
    """Return the port, or for 0 one that is free.

    :raises click.ClickException: when somebody else listens there, who would be taken for this server.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(f"Cannot listen on {host}:{port}: {error.strerror}") from error
        found: int = probe.getsockname()[1]
        return found


def _authority(host: str, port: int) -> str:
    """Return host and port as addresses hold them, IPv6 in brackets (RFC 3986, section 3.2.2)."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _announce(host: str, port: int, settings: Settings) -> None:
    """Print where the portal is, and who may sign in to a demo, once it really answers."""
    address = f"http://{_authority(LOOPBACKS.get(host, host), port)}"
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/health/live", timeout=2):  # noqa: S310 - our own address
                break
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    else:
        click.echo(f"Nothing answers at {address}/ yet; the log says why.", err=True)
        return
    lines = _whereabouts(host, port, settings)
    password = None if settings.is_production else demo_password()
    if password is not None:
        lines += ["", "Demo accounts, all with the password " + password + ":"]
        lines += [f"  {email:<26} {role}" for email, role in demo_accounts()]
    click.echo("\n".join(lines))


def _whereabouts(host: str, port: int, settings: Settings) -> list[str]:
    """Return where people reach the portal, as far as that is known, and what it is bound to.

    Where it is bound to every address of this host, the address of the host itself helps in development only: in
    production people come from elsewhere, over HTTPS.
    """
    is_everywhere = host in LOOPBACKS
    bound = _authority(host, port) + (", every address of this host" if is_everywhere else "")
    if settings.public_address is None and settings.is_production and is_everywhere:
        return [f"Wizamart listens on {bound}"]
    own = f"http://{_authority(LOOPBACKS.get(host, host), port)}"
    address = settings.public_address or own
    lines = [f"Wizamart answers at {address}/", f"Sign in to the portal at {address}/login"]
    return [*lines, f"It listens on {bound}"] if is_everywhere or settings.public_address else lines


@click.command("worker")
@click.option("--burst", is_flag=True, help="Stop once there is nothing left to do.")
@click.option("--without-scheduler", is_flag=True, help="Leave schedules to other workers.")
@with_appcontext
def worker(burst: bool, without_scheduler: bool) -> None:
    """Carry out background tasks: from Redis where one is set, else from the database."""
    app: Wizamart = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    queue.run_worker(app, with_scheduler=not without_scheduler, burst=burst)


@click.command("health")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@with_appcontext
def health(as_json: bool) -> None:
    """Run every health check; exits with 1 when a critical one fails."""
    registry: HealthRegistry = current_app.extensions["health"]
    report = registry.run()
    if as_json:
        click.echo(json.dumps(report.as_dict(with_details=True)))
    else:
        for check in report.checks:
            click.echo(f"{check.status:<10} {check.name}  {check.message}".rstrip())
    if report.status is HealthStatus.UNHEALTHY:
        raise SystemExit(1)
