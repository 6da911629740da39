"""A lock that one host holds while it migrates; the others wait and then find nothing to do."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine

_ADVISORY_KEY: Final = 0x77697A616D617274  # "wizamart"
_in_process: Final = threading.RLock()  # Alembic's context is one per process


@contextmanager
def migration_lock(engine: Engine) -> Iterator[None]:
    """Hold the lock: an advisory one in PostgreSQL, a file beside the database for SQLite."""
    with _in_process:
        if engine.dialect.name == "postgresql":
            with _advisory_lock(engine):
                yield
        elif engine.url.database in (None, "", ":memory:"):
            yield
        else:
            from filelock import FileLock  # not where PostgreSQL keeps the lock

            with FileLock(f"{engine.url.database}.migrate.lock"):
                yield


@contextmanager
def _advisory_lock(engine: Engine) -> Iterator[None]:
    """Hold a session's lock on a connection of its own: a crash closes the connection and so frees the lock."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": _ADVISORY_KEY})
        try:
            yield
        finally:
            connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), {"key": _ADVISORY_KEY})
