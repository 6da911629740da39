"""Running the histories: each module's own, in the order of what they require, each step in its own transaction.

Alembic is imported where it runs: a server that only asks how far the histories are does not carry it.
"""

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, cast

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.engine import Connection, Engine

from wizamart.config import ROOT
from wizamart.database import Base, db
from wizamart.exceptions import NotFound, RuleViolation
from wizamart.i18n import lazy_gettext as _
from wizamart.module_system import query_planner, row_level_security
from wizamart.module_system.migration_history import (
    FRAMEWORK,
    FRAMEWORK_HISTORY,
    MigrationHistory,
    histories_of,
    import_models,
    is_orphan,
    owned_tables,
)
from wizamart.module_system.migration_lock import migration_lock

if TYPE_CHECKING:
    from alembic.config import Config

__all__ = [
    "FRAMEWORK",
    "FRAMEWORK_HISTORY",
    "DependentsMigrated",
    "HistoryStatus",
    "MigrationFailed",
    "MigrationHistory",
    "UnknownHistory",
    "UnknownRevision",
    "UpgradeOutcome",
    "check",
    "downgrade",
    "get_all_migration_paths",
    "get_histories",
    "histories_of",
    "init_app",
    "is_pending",
    "list_pending",
    "list_undone",
    "new",
    "status",
    "upgrade",
]

log = logging.getLogger(__name__)
DIRECTORY: Final = ROOT / "migrations"
_BANNER: Final = re.compile(r"^ *# ### .* ###\n", re.MULTILINE)
logging.getLogger("alembic").setLevel(logging.WARNING)  # the callers say what was done


class UnknownHistory(NotFound):
    """No module of this code has migrations."""

    code = "migrations.unknown_history"
    message = _("No module “%(module)s” has migrations.")


class UnknownRevision(NotFound):
    """A module can only be taken back to a revision that was run."""

    code = "migrations.unknown_revision"
    message = _("“%(revision)s” is no migration of “%(module)s” that was run.")


class DependentsMigrated(RuleViolation):
    """Taking a module's tables away would pull them from under the modules that require it."""

    code = "migrations.dependents_migrated"
    message = _("“%(module)s” is required by %(dependents)s. Take those down first.")


class MigrationFailed(RuleViolation):
    """A step failed; its transaction was undone, and what does not require its module was migrated."""

    code = "migrations.failed"
    message = _("Migrations failed: %(reasons)s")

    def __init__(self, outcomes: "Sequence[UpgradeOutcome]") -> None:
        self.outcomes = tuple(outcomes)
        reasons = "; ".join(f"{one.code}: {one.error}" for one in outcomes if one.error)
        super().__init__(reasons=reasons)


@dataclass(frozen=True, slots=True)
class HistoryStatus:
    """How far one history has come; `is_ahead` says that the database is newer than the code."""

    code: str
    current: str | None
    head: str | None
    pending: tuple[str, ...]
    is_ahead: bool


class UpgradeOutcome(NamedTuple):
    """What happened to one history: the revisions that were run, and what stopped it."""

    code: str
    applied: tuple[str, ...]
    error: str | None = None


def init_app(app: Flask, histories: Sequence[MigrationHistory]) -> None:
    """Give the application its histories, requirements first; runs nothing."""
    app.extensions["migrations"] = list(histories)


def get_histories() -> list[MigrationHistory]:
    """Return the histories of the current application, requirements first."""
    found: list[MigrationHistory] = current_app.extensions["migrations"]
    return found


def get_all_migration_paths() -> list[Path]:
    """Return the folders of all histories, requirements first."""
    return [history.path for history in get_histories()]


def status() -> list[HistoryStatus]:
    """Return how far each history has come; reads the version tables only."""
    with db.engine.connect() as connection:
        present = set(sa.inspect(connection).get_table_names())
        return [_status_of(connection, history, present) for history in get_histories()]


def is_pending() -> bool:
    """Tell whether any history has revisions that were not run."""
    return any(one.pending for one in status())


def list_pending(code: str | None = None) -> list[tuple[str, str]]:
    """Return `(module, revision)` of what `upgrade` would run, in its order.

    :raises UnknownHistory: when the module has no migrations.
    """
    wanted = {history.code for history in _with_requirements(code)}
    return [(one.code, revision) for one in status() if one.code in wanted for revision in one.pending]


def upgrade(code: str | None = None) -> list[UpgradeOutcome]:
    """Run what is pending, of one module with what it requires or of all, and return what was run.

    :raises UnknownHistory: when the module has no migrations.
    :raises MigrationFailed: after everything that could be run was run.
    """
    wanted = _with_requirements(code)
    outcomes: list[UpgradeOutcome] = []
    failed: set[str] = set()
    engine = db.engine
    import_models(get_histories())
    with migration_lock(engine):
        for history in wanted:
            obstacles = sorted(failed & set(history.requires))
            if obstacles:
                outcomes.append(UpgradeOutcome(history.code, (), f"waits for {', '.join(obstacles)}"))
                failed.add(history.code)
                continue
            outcome = _upgrade_one(engine, history)
            outcomes.append(outcome)
            if outcome.error:
                failed.add(history.code)
        row_level_security.enforce(engine)
        query_planner.teach(engine)
    if failed:
        raise MigrationFailed(outcomes)
    return outcomes


def list_undone(code: str, revision: str) -> tuple[str, ...]:
    """Return the revisions that taking a module back to `revision` would undo, newest first.

    :raises UnknownHistory: when the module has no migrations.
    :raises UnknownRevision: when `revision` is neither `base` nor one that was run.
    :raises DependentsMigrated: when its tables would go while modules that require it have theirs.
    """
    history = _get_history(code)
    states = {one.code: one for one in status()}
    run = history.revisions[: len(history.revisions) - len(states[code].pending)]
    if revision != "base":
        if revision not in run:
            raise UnknownRevision(module=code, revision=revision)
        return run[: run.index(revision) : -1]
    dependents = [
        other.code
        for other in get_histories()
        if code in other.requires and states[other.code].current is not None
    ]
    if dependents:
        raise DependentsMigrated(module=code, dependents=", ".join(dependents))
    return run[::-1]


def downgrade(code: str, revision: str) -> None:
    """Take one module back to a revision, or with `base` to before its first.

    :raises UnknownHistory, UnknownRevision, DependentsMigrated: as `list_undone`.
    """
    list_undone(code, revision)
    history = _get_history(code)
    from alembic import command

    with migration_lock(db.engine):
        _run(db.engine, history, lambda config: command.downgrade(config, revision))


def check() -> dict[str, list[str]]:
    """Return per module where models and database differ; empty when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    histories = get_histories()
    import_models(histories)
    differences: dict[str, list[str]] = {}
    with db.engine.connect() as connection:
        for history in histories:
            found = compare_metadata(
                MigrationContext.configure(connection, opts=_comparison_options(history, histories)),
                Base.metadata,
            )
            if found:
                differences[history.code] = [_describe(difference) for difference in found]
    return differences


def new(code: str, message: str) -> Path:
    """Write one more migration of a module from the difference between its models and the database."""
    from alembic import command

    history = _get_history(code)
    import_models(get_histories())
    revision = history.next_revision(message)
    with migration_lock(db.engine):
        _run(
            db.engine,
            history,
            lambda config: command.revision(config, message=message, autogenerate=True, rev_id=revision),
        )
    path = history.path / f"{revision}.py"
    if path.exists():
        path.write_text(_BANNER.sub("", path.read_text()))
    return path


def _get_history(code: str) -> MigrationHistory:
    for history in get_histories():
        if history.code == code:
            return history
    raise UnknownHistory(module=code)


def _with_requirements(code: str | None) -> list[MigrationHistory]:
    if code is None:
        return get_histories()
    wanted = {code, *_get_history(code).requires}
    return [history for history in get_histories() if history.code in wanted]


def _status_of(connection: Connection, history: MigrationHistory, present: set[str]) -> HistoryStatus:
    current = None
    if history.version_table in present:
        version = sa.column("version_num", sa.String)
        query = sa.select(version).select_from(sa.table(history.version_table))
        current = connection.scalars(query).first()
    return HistoryStatus(
        code=history.code,
        current=current,
        head=history.head,
        pending=history.pending_after(current),
        is_ahead=current is not None and current not in history.revisions,
    )


def _current(engine: Engine, history: MigrationHistory) -> HistoryStatus:
    with engine.connect() as connection:
        return _status_of(connection, history, set(sa.inspect(connection).get_table_names()))


def _upgrade_one(engine: Engine, history: MigrationHistory) -> UpgradeOutcome:
    """Run one history as far as it goes; every completed step stays, whatever the next one does."""
    before = _current(engine, history)
    if not before.pending:
        return UpgradeOutcome(history.code, ())
    from alembic import command

    error = None
    try:
        _run(engine, history, lambda config: command.upgrade(config, "head"))
    except Exception as failure:
        log.exception("migration_failed", extra={"failed_module": history.code})
        error = f"{type(failure).__name__}: {failure}".splitlines()[0]
    after = _current(engine, history)
    applied = before.pending[: len(before.pending) - len(after.pending)]
    return UpgradeOutcome(history.code, applied, error)


def _run(engine: Engine, history: MigrationHistory, do: "Callable[[Config], object]") -> None:
    """Call an Alembic command for one history, on a connection of its own."""
    from flask_migrate import Migrate

    config = cast("Config", Migrate(db=db, directory=str(DIRECTORY)).get_config(opts=["quiet"]))
    config.set_main_option("version_locations", str(history.path).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    with _migrating_connection(engine, history) as connection:
        histories = get_histories()
        config.attributes.update(
            connection=connection,
            target_metadata=Base.metadata,
            options=_comparison_options(history, histories),
        )
        do(config)


@contextmanager
def _migrating_connection(engine: Engine, history: MigrationHistory) -> Iterator[Connection]:
    """Yield a connection that is closed afterwards, since its settings would hurt the pool's next borrower.

    On SQLite foreign keys are off: batch mode rebuilds a table by dropping it, which would delete all rows that
    refer to it. On PostgreSQL it looks across tenants, for migrations of data.
    """
    with engine.connect().execution_options(read_only=False) as connection:
        connection.detach()
        if engine.dialect.name == "sqlite":
            # Straight to the driver: inside a transaction the pragma does nothing.
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        else:
            connection.exec_driver_sql("SELECT set_config('wizamart.platform_id', '*', false)")
            connection.commit()
        _create_version_table(connection, history)
        yield connection


def _create_version_table(connection: Connection, history: MigrationHistory) -> None:
    """Create the version table with room for long names; Alembic's own would hold 32 characters."""
    with connection.begin():
        sa.Table(
            history.version_table, sa.MetaData(), sa.Column("version_num", sa.String(128), primary_key=True)
        ).create(connection, checkfirst=True)


def _comparison_options(
    history: MigrationHistory, histories: Sequence[MigrationHistory]
) -> dict[str, object]:
    own = owned_tables(history, histories)

    def is_own_name(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or name in own or is_orphan(name or "", history, histories)

    def is_own_object(_item: object, name: str | None, kind: str, *_: object) -> bool:
        return is_own_name(name, kind, None)

    return {
        "version_table": history.version_table,
        "include_name": is_own_name,
        "include_object": is_own_object,
        "compare_type": True,
        "compare_server_default": False,
    }


def _describe(difference: object) -> str:
    """Say in a line what Alembic found; changes of one column come as a list of tuples."""
    parts = difference[0] if isinstance(difference, list) else difference
    if not isinstance(parts, tuple):
        return str(parts)
    return " ".join(str(getattr(part, "name", part)) for part in parts if part is not None)
