import enum

import pytest
import sqlalchemy as sa
from alembic.autogenerate import produce_migrations
from alembic.migration import MigrationContext
from alembic.operations import Operations

from wizamart.module_system.new_columns import give_to_rows, render_default


class State(enum.StrEnum):
    OPEN = "open"


@pytest.fixture
def connection(database_url):
    """A database with a table of cards that has one row, in a transaction."""
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        table_of_cards().create(connection)
        connection.execute(sa.text("INSERT INTO cards (id) VALUES (1)"))
        yield connection
    engine.dispose()


def table_of_cards(*more):
    return sa.Table("cards", sa.MetaData(), sa.Column("id", sa.Integer(), primary_key=True), *more)


def write(connection, *more):
    """Return the steps that a new migration would hold for a model with more columns."""
    context = MigrationContext.configure(
        connection, opts={"include_name": lambda name, kind, _: kind != "table" or name == "cards"}
    )
    script = produce_migrations(context, table_of_cards(*more).metadata)
    give_to_rows(script.upgrade_ops)
    return script.upgrade_ops, Operations(context)


def carry_out(steps, operations):
    for table in steps.ops:
        for step in table.ops:
            operations.invoke(step)


def test_rows_that_are_there_get_what_the_model_gives_new_ones(connection):
    steps, operations = write(
        connection,
        sa.Column("note", sa.String(20), default="it's", nullable=False),
        sa.Column("state", sa.String(8), default=State.OPEN, nullable=False),
        sa.Column("total_minor", sa.Integer(), default=7, nullable=False),
        sa.Column("is_sent", sa.Boolean(), default=False, nullable=False),
        sa.Column("is_open", sa.Boolean(), default=True, nullable=False),
    )

    carry_out(steps, operations)

    row = connection.execute(
        sa.text("SELECT note, state, total_minor, is_sent, is_open FROM cards WHERE NOT is_sent AND is_open")
    ).one()
    assert tuple(row) == ("it's", "open", 7, False, True)


@pytest.mark.parametrize(("default", "text"), [(False, "sa.false()"), (True, "sa.true()"), (3, False)])
def test_yes_and_no_are_written_in_words_that_both_databases_know(connection, default, text):
    steps, _operations = write(connection, sa.Column("x", sa.Integer(), default=default, nullable=False))

    assert render_default(steps.ops[0].ops[0].column.server_default) == text


@pytest.mark.parametrize(
    "column",
    [
        lambda: sa.Column("note", sa.String(20), default="", nullable=True),
        lambda: sa.Column("note", sa.String(20), nullable=False),
        lambda: sa.Column("note", sa.String(20), default=lambda: "x", nullable=False),
        lambda: sa.Column("note", sa.Enum("a", native_enum=False), default="a", nullable=False),
    ],
    ids=["may be empty", "without a default", "computed", "kept under another name"],
)
def test_nothing_is_made_up_for_a_column_whose_value_is_not_plain(connection, column):
    steps, _operations = write(connection, column())

    assert steps.ops[0].ops[0].column.server_default is None
