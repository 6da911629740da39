"""The database: base class, column types, connections, and the one transaction per request, job or command."""

import functools
import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import event
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapper,
    Session,
    SessionTransaction,
    registry as orm_registry,
)

from wizamart.exceptions import NotFound

NAMING_CONVENTION: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_TIMEOUT_MS: Final = 15_000
WRITING_TWIN: Final = "wizamart_writing_twin"


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware time in UTC; SQLite, which has no time zones, stores it naive and gets it back aware."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True
    python_type = (
        datetime  # SQLAlchemy asks a decorated type in vain; cursors of lists read their moments by it
    )

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times: nobody can tell what they mean."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime given to a UtcDateTime column")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware time."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of every table."""

    # The map stands in the registry and not in the class: Flask-SQLAlchemy derives a second base from this one.
    registry = orm_registry(
        metadata=sa.MetaData(naming_convention=NAMING_CONVENTION),
        type_annotation_map={datetime: UtcDateTime, dict[str, Any]: sa.JSON, list[str]: sa.JSON},
    )


@event.listens_for(Base, "before_mapper_configured", propagate=True)
def _prepare_dispatch(mapper: Mapper[Any], _class: type) -> None:
    """Give the attributes their event dispatchers.

    SQLAlchemy looks for one with `hasattr`, and an attribute that has none yet answers by making its column's
    expression: three megabytes, at the first request, for columns that most processes never ask for.
    """
    attribute: Any
    for attribute in mapper.class_manager.values():
        try:
            object.__getattribute__(attribute, "_slots_dispatch")
        except AttributeError:
            attribute._slots_dispatch = type(attribute).dispatch._for_instance(attribute)  # noqa: SLF001 - see above


class PartialIndex(sa.Index):
    """An index over those rows alone that meet a condition, which is SQL that both databases read.

    Given to an index at once, the condition would load PostgreSQL's dialect at every start, on SQLite too; it is asked
    for only where tables are made or compared.
    """

    def __init__(self, name: str, *columns: str, where: str, unique: bool = False) -> None:
        super().__init__(name, *columns, unique=unique)
        self._condition = sa.text(where)

    @functools.cached_property
    def dialect_options(self) -> Any:
        """What each database is told beyond the columns."""
        options = super().dialect_options
        for dialect in ("sqlite", "postgresql"):
            options[dialect]["where"] = self._condition
        return options


def forget_models(package: str) -> None:
    """Take the classes below a package, and their tables, out of the mapping again.

    A class that cannot be mapped keeps every other from being configured, so one of a module that is left out must go.
    SQLAlchemy offers that only for all classes at once; for some, its own parts are used here.
    """
    for manager in list(Base.registry._managers):  # noqa: SLF001 - see above
        if not f"{manager.class_.__module__}.".startswith(f"{package}."):
            continue
        table = manager.mapper.local_table if manager.is_mapped else None
        Base.registry._dispose_manager_and_mapper(manager)  # noqa: SLF001
        Base.registry._managers.pop(manager, None)  # noqa: SLF001
        if isinstance(table, sa.Table):
            Base.metadata.remove(table)
    for name in [name for name in sys.modules if f"{name}.".startswith(f"{package}.")]:
        del sys.modules[name]


class UnitOfWorkSession(FlaskSession):
    """A session whose connections begin as writers inside a writing unit of work, and as readers elsewhere.

    The choice is made when the first statement needs a connection, so a writing request that refuses its input
    before it asks the database never takes SQLite's only write lock.
    """

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        """Return the engine, or its twin that begins as a writer."""
        bind = super().get_bind(*args, **kwargs)
        if isinstance(bind, Engine) and self.info.get("in_unit_of_work") and not self.info.get("read_only"):
            return _writing_twin(bind)
        return bind


def _writing_twin(engine: Engine) -> Engine:
    """Return the engine's twin, to all threads the same one.

    Two that begin at the same moment must not get one each (as `lru_cache` gives them): the session whose twin is not
    kept would go on with the other at its next statement, on a second connection, and wait for its own lock.
    """
    kept: dict[str, Any] = engine.__dict__
    twin: Engine = kept.get(WRITING_TWIN) or kept.setdefault(
        WRITING_TWIN, engine.execution_options(read_only=False)
    )
    return twin


db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"class_": UnitOfWorkSession})


class ReadOnlyViolation(RuntimeError):
    """Something tried to write while answering a GET: a fault of the program, never of the person."""


@event.listens_for(Session, "before_flush")
def _refuse_writes_while_reading(session: Session, *_: object) -> None:
    if session.info.get("read_only") and (session.new or session.deleted or session.dirty):
        changed = [type(row).__name__ for row in (*session.new, *session.deleted, *session.dirty)]
        raise ReadOnlyViolation(f"a reading transaction must not write: {', '.join(changed)}")


def configure_engine(engine: Engine) -> None:
    """Give SQLite its pragmas and real transactions, deferred to read and IMMEDIATE to write; PostgreSQL no compiler.

    The driver's own BEGIN is switched off, since a deferred BEGIN that later wants to write fails at once as
    "locked", whatever the busy timeout. `synchronous=FULL` keeps acknowledged commits through a power loss.
    """
    if engine.dialect.name != "sqlite":
        event.listen(engine, "connect", _run_as_planned)
        return

    @event.listens_for(engine, "connect")
    def _set_pragmas(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "temp_store=MEMORY",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("read_only", True)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _run_as_planned(connection: Any, _record: object) -> None:
    """Have PostgreSQL compile no statements: it takes a second where costs are overestimated, and ours read few rows.

    It is said in each session, and not as a parameter of the connection, which poolers in between refuse.
    """
    connection.autocommit = True  # outside a transaction, whose end would take it back
    with connection.cursor() as cursor:
        cursor.execute("SET jit = off")
    connection.autocommit = False


def init_app(app: Flask, *, database_url: str) -> None:
    """Bind the application to its database; opens no connection."""
    if database_url.startswith("sqlite:///"):
        Path(database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    app.config["SQLALCHEMY_DATABASE_URI"] = database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = (
        {"connect_args": {"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False}}
        if database_url.startswith("sqlite")
        else {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 10}
    )
    db.init_app(app)
    with app.app_context():
        configure_engine(db.engine)


@contextmanager
def unit_of_work(*, read_only: bool = False) -> Iterator[Session]:
    """Run one transaction on the session of the current application context and commit it at the end.

    This is the only place that commits. An exception rolls back and goes on. Inside another unit of work it joins
    that one, so that services called from a command and from a request behave alike. Callbacks registered with
    `after_commit` run once the commit has succeeded.

    :raises ReadOnlyViolation: when `read_only` and something is written.
    """
    session = db.session()
    if session.info.get("in_unit_of_work"):
        yield session
        return
    session.info.update(in_unit_of_work=True, read_only=read_only, after_commit=[])
    try:
        yield session
        session.flush()
        if read_only:
            session.rollback()
        else:
            session.commit()
    except BaseException:
        session.rollback()
        session.info["after_commit"] = []
        raise
    finally:
        callbacks = session.info.pop("after_commit", [])
        session.info.pop("in_unit_of_work", None)
        session.info.pop("read_only", None)
    for callback in callbacks:
        callback()


class TransactionHeld(RuntimeError):
    """Somebody was about to be asked over the network in the middle of a transaction: a fault of the program."""


@contextmanager
def without_transaction() -> Iterator[None]:
    """Hold neither a transaction nor a connection in the block: for asking somebody over the network.

    SQLite has one writer, and PostgreSQL's connections are few: a slow answer must keep nobody waiting.

    :raises TransactionHeld: inside a unit of work.
    """
    session = db.session()
    if session.info.get("in_unit_of_work"):
        raise TransactionHeld
    session.rollback()  # what was only read begins a transaction, too
    yield


def after_commit(session: Session, callback: Callable[[], None]) -> None:
    """Call `callback()` once the session's transaction has committed; never if it rolls back."""
    session.info.setdefault("after_commit", []).append(callback)


@event.listens_for(Session, "after_commit")
def _run_callbacks_without_unit_of_work(session: Session) -> None:
    """Serve a session that its owner commits by hand; a unit of work calls them itself, when all is done."""
    if not session.info.get("in_unit_of_work") and not session.in_nested_transaction():
        for callback in session.info.pop("after_commit", []):
            callback()


@event.listens_for(Session, "after_transaction_create")
def _count_callbacks(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        session.info.setdefault("callbacks_before", {})[transaction] = len(
            session.info.get("after_commit", ())
        )


@event.listens_for(Session, "after_rollback")
def _forget_callbacks(session: Session) -> None:
    """Forget what was registered in the part that is rolled back; what came before it still holds."""
    known = session.info.get("callbacks_before", {}).get(session.get_nested_transaction(), 0)
    del session.info.get("after_commit", [])[known:]


@event.listens_for(Session, "after_transaction_end")
def _forget_count(session: Session, transaction: SessionTransaction) -> None:
    session.info.get("callbacks_before", {}).pop(transaction, None)


@contextmanager
def contained(session: Session) -> Iterator[None]:
    """Let a part of a transaction fail on its own: what it did is taken back, and the rest can go on.

    Without this a failed statement spoils the whole transaction on PostgreSQL, and so does a row that cannot be
    written everywhere. A reading transaction has nothing to lose, so it pays only when something fails.
    """
    if not session.info.get("read_only"):
        with session.begin_nested():
            yield
        return
    try:
        yield
        session.flush()  # a forbidden write is the fault of this part, not of whoever asks next
    except Exception:
        session.rollback()
        raise


def hold_row(row: object) -> None:
    """Read the columns of a row afresh and lock it until the transaction ends; what is no stored row stays as it is.

    Deferred columns are left alone. On SQLite, which has one writer, a transaction that writes holds everything anyway.

    :raises NotFound: when somebody has deleted the row meanwhile.
    """
    state: Any = sa.inspect(row, raiseerr=False)
    session = getattr(state, "session", None)
    if session is not None and state.persistent:
        columns = [column.key for column in state.mapper.column_attrs if not column.deferred]
        try:
            session.refresh(row, columns, with_for_update=True)
        except sa.exc.InvalidRequestError as error:
            raise NotFound from error


def upsert_into(table: type[DeclarativeBase], bind: Connection | Engine | Session) -> Any:
    """Return an INSERT with `on_conflict_do_nothing` and `on_conflict_do_update`, which each dialect has as its own."""
    dialect = (bind.get_bind() if isinstance(bind, Session) else bind).dialect.name
    # By name: PostgreSQL's drivers are not to be loaded where the database is a file.
    return importlib.import_module(f"sqlalchemy.dialects.{dialect}").insert(table)


@contextmanager
def immediate_connection(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in a writing transaction of its own, outside the session (leases, locks)."""
    with engine.connect().execution_options(read_only=False) as connection, connection.begin():
        yield connection
