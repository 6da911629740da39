"""Throw-away servers for tests: PostgreSQL and Redis on free ports of the loopback address."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

HOST: Final = "127.0.0.1"


def find_free_port() -> int:
    """Return a port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def find_postgresql() -> Path | None:
    """Return the folder of PostgreSQL's programs, the newest of several."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
    return versions[-1].parent if versions else None


@contextmanager
def run_postgresql(programs: Path) -> Iterator[str]:
    """Run a cluster for the block and yield the URL of a role that may create databases and is no super user.

    Durability is off: nothing here outlives the block. A super user would walk through row-level security.
    """
    with tempfile.TemporaryDirectory(prefix="wizamart-pg-", ignore_cleanup_errors=True) as folder:
        data, port = Path(folder) / "data", find_free_port()
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        _as_postgres(
            programs / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--no-sync"
        )
        options = (
            f"-p {port} -k {folder} -c listen_addresses={HOST} -c fsync=off -c full_page_writes=off"
            " -c synchronous_commit=off -c max_connections=200"
        )
        _as_postgres(
            programs / "pg_ctl", "-D", data, "-w", "-s", "-l", Path(folder) / "log", "-o", options, "start"
        )
        try:
            with psycopg.connect(host=HOST, port=port, user="postgres", autocommit=True) as connection:
                connection.execute("CREATE ROLE wizamart LOGIN CREATEDB NOSUPERUSER")
            yield f"postgresql+psycopg://wizamart@{HOST}:{port}/postgres"
        finally:
            _as_postgres(programs / "pg_ctl", "-D", data, "-w", "-s", "-m", "immediate", "stop")


def _as_postgres(*command: str | Path) -> None:
    """Run one of PostgreSQL's programs, which refuse to be run by root."""
    prefix: Sequence[str] = ("runuser", "-u", "postgres", "--") if os.geteuid() == 0 else ()
    subprocess.run(
        [*prefix, *map(str, command)],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        cwd="/",
    )


@contextmanager
def run_redis(program: str) -> Iterator[str]:
    """Run a Redis that keeps nothing for the block and yield its URL."""
    port = find_free_port()
    command = [program, "--bind", HOST, "--port", str(port), "--save", "", "--appendonly", "no"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd="/") as process:
        try:
            retry = Retry(ConstantBackoff(0.02), 250)
            with redis.Redis(host=HOST, port=port, retry=retry) as client:
                client.ping()
            yield f"redis://{HOST}:{port}/0"
        finally:
            process.terminate()
