"""Fresh migrated databases, copied from a template that the real migrations have built once."""

import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import make_url

Build = Callable[[str], None]


class SqliteTemplate:
    """A file that is copied; `build(url)` runs the migrations on it."""

    def __init__(self, folder: Path, build: Build) -> None:
        self.folder = folder
        self.file = folder / "template.db"
        build(f"sqlite:///{self.file}")
        with sa.create_engine(f"sqlite:///{self.file}").connect() as connection:
            # All into the one file that is copied.
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def copy(self) -> Iterator[str]:
        """Yield the URL of a copy that is gone after the block."""
        file = self.folder / f"{uuid.uuid4().hex}.db"
        shutil.copyfile(self.file, file)
        try:
            yield f"sqlite:///{file}"
        finally:
            for leftover in self.folder.glob(f"{file.stem}*"):
                leftover.unlink()


class PostgresqlTemplate:
    """A database that new ones are created from; `build(url)` runs the migrations on it."""

    def __init__(self, server_url: str, build: Build) -> None:
        self.server_url = server_url
        self.name = self._create("template1")
        build(self._url(self.name))

    @contextmanager
    def copy(self) -> Iterator[str]:
        """Yield the URL of a copy that is gone after the block."""
        name = self._create(self.name)
        try:
            yield self._url(name)
        finally:
            self._drop(name)

    def close(self) -> None:
        """Drop the template."""
        self._drop(self.name)

    def _create(self, template: str) -> str:
        name = f"wizamart_{uuid.uuid4().hex}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def _drop(self, name: str) -> None:
        # Not WITH (FORCE): a role that is no super user may not end a vacuum of the server's own, and is refused.
        # A plain DROP ends that by itself, and waits some seconds for the sessions ended here.
        self._execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            f"WHERE datname = '{name}' AND usename = current_user"
        )
        self._execute(f'DROP DATABASE IF EXISTS "{name}"')

    def _url(self, name: str) -> str:
        return make_url(self.server_url).set(database=name).render_as_string(hide_password=False)

    def _execute(self, statement: str) -> None:
        engine = sa.create_engine(self.server_url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
