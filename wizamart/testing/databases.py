"""Fresh migrated databases, copied from a template that the real migrations have built once."""

import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import make_url

Build = Callable[[str], None]


class SqliteTemplate:
    """A file that is copied; `build(url)` runs the migrations on it."""

    def __init__(self, folder: Path, build: Build) -> None:
        self.folder = folder
        self.file = folder / "template.db"
        self._spare: list[Path] = []
        build(f"sqlite:///{self.file}")
        with sa.create_engine(f"sqlite:///{self.file}").connect() as connection:
            # All into the one file that is copied.
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def copy(self) -> Iterator[str]:
        """Yield the URL of a copy that is gone after the block; its name may be another one's later."""
        file = self._spare.pop() if self._spare else self.folder / f"{uuid.uuid4().hex}.db"
        shutil.copyfile(self.file, file)
        try:
            yield f"sqlite:///{file}"
        finally:
            for leftover in self.folder.glob(f"{file.stem}*"):
                leftover.unlink()
            self._spare.append(file)


# What a test could change about a database besides rows: everything but the files that rows lie in.
_SCHEMA: Final = """
SELECT md5(string_agg(line, ',' ORDER BY line)) FROM (
  SELECT concat_ws(' ', relname, relkind, relnatts, relrowsecurity, relforcerowsecurity) AS line
    FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', attrelid::regclass, attname, atttypid::regtype, attnotnull)
    FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0
  UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname) FROM pg_constraint WHERE conrelid <> 0
  UNION ALL SELECT concat_ws(' ', polrelid::regclass, polname) FROM pg_policy
  UNION ALL SELECT concat_ws(' ', tgrelid::regclass, tgname) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg%'
) AS lines"""
_FILLED: Final = """
SELECT relname, pg_relation_size(oid) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 0 ORDER BY relname"""
_END_SESSIONS: Final = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = :name AND usename = user AND pid <> pg_backend_pid()"""
_SEE_ALL_PLATFORMS: Final = "SELECT set_config('wizamart.platform_id', '*', false)"
_RESTART_NUMBERS: Final = """
SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence
WHERE pg_sequence_last_value(seqrelid::regclass) IS NOT NULL"""
# TRUNCATE makes new files for a table, its indexes and all that refer to it: that pays for many rows only.
_LARGE_BYTES: Final = 64 * 1024


class PostgresqlTemplate:
    """A database that new ones are created from; `build(url)` runs the migrations on it.

    A copy is given out again when its test is done: to take out its rows takes a hundredth of the time of a new one.
    One whose tables or versions have changed is dropped.
    """

    def __init__(self, server_url: str, build: Build) -> None:
        self.server_url = server_url
        self.name = self._create("template1")
        self._spare: list[str] = []
        # One connection stays at each copy: what it has learned of the tables serves the next emptying.
        self._keepers: dict[str, sa.Connection] = {}
        build(self._url(self.name))
        self._end_sessions(self.name)  # nothing is copied while somebody looks at it
        with self._connect(self.name) as connection:
            # The migrations write which versions there are, and nothing else.
            self._versions = {name for name, _bytes in connection.execute(sa.text(_FILLED))}
            self._original = self._describe(connection)

    @contextmanager
    def copy(self) -> Iterator[str]:
        """Yield the URL of a database as the migrations leave it, for this block alone."""
        name = self._spare.pop() if self._spare else self._create(self.name)
        try:
            yield self._url(name)
        finally:
            if self._empty(name):
                self._spare.append(name)
            else:
                self._drop(name)

    def close(self) -> None:
        """Drop the template and its copies."""
        for name in (self.name, *self._spare):
            self._drop(name)

    def _empty(self, name: str) -> bool:
        """Take out all rows; False where more than rows has changed."""
        if name not in self._keepers:
            self._keepers[name] = self._connect(name)
            self._keepers[name].exec_driver_sql(_SEE_ALL_PLATFORMS)
        keeper = self._keepers[name]
        keeper.execute(sa.text(_END_SESSIONS), {"name": name})
        if self._describe(keeper) != self._original:
            return False
        quote = keeper.dialect.identifier_preparer.quote
        filled = {
            quote(table): size
            for table, size in keeper.execute(sa.text(_FILLED))
            if table not in self._versions
        }
        if large := [table for table, size in filled.items() if size > _LARGE_BYTES]:
            keeper.exec_driver_sql(f"TRUNCATE {', '.join(large)} CASCADE")
        if small := filled.keys() - large:
            # In one statement, at whose end keys are looked at: so no order among the tables is needed.
            parts = (
                f"part_{number} AS (DELETE FROM {table})"  # noqa: S608 - the catalogue's own names, quoted
                for number, table in enumerate(sorted(small))
            )
            keeper.exec_driver_sql(f"WITH {', '.join(parts)} SELECT 1")
        keeper.exec_driver_sql(_RESTART_NUMBERS)
        return True

    def _describe(self, connection: sa.Connection) -> tuple[object, ...]:
        content = "SELECT string_agg(t::text, ',' ORDER BY t::text) FROM {} AS t"
        versions = [connection.scalar(sa.text(content.format(table))) for table in sorted(self._versions)]
        return connection.scalar(sa.text(_SCHEMA)), *versions

    def _create(self, template: str) -> str:
        name = f"wizamart_{uuid.uuid4().hex}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def _drop(self, name: str) -> None:
        if keeper := self._keepers.pop(name, None):
            keeper.close()
        # Not WITH (FORCE): a role that is no super user may not end a vacuum of the server's own, and is refused.
        # A plain DROP ends that by itself, and waits some seconds for the sessions ended here.
        self._end_sessions(name)
        self._execute(f'DROP DATABASE IF EXISTS "{name}"')

    def _end_sessions(self, name: str) -> None:
        with self._connect(make_url(self.server_url).database or "postgres") as connection:
            connection.execute(sa.text(_END_SESSIONS), {"name": name})

    def _url(self, name: str) -> str:
        return make_url(self.server_url).set(database=name).render_as_string(hide_password=False)

    def _execute(self, statement: str) -> None:
        with self._connect(make_url(self.server_url).database or "postgres") as connection:
            connection.exec_driver_sql(statement)

    def _connect(self, name: str) -> sa.Connection:
        engine = sa.create_engine(self._url(name), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        return engine.connect()
