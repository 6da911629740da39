"""What a migration that is being written says of new columns, for the rows that are there already."""

from enum import Enum
from typing import Final, Literal

import sqlalchemy as sa
from alembic.operations import ops

PLAIN: Final = (bool, int, str)


def give_to_rows(steps: ops.UpgradeOps) -> None:
    """Let rows that are there have what the model gives to new ones, or a column that is never empty cannot be added.

    The database has it as the column's default. What is computed stays with the author of the migration.
    """
    for table in steps.ops:
        for step in table.ops if isinstance(table, ops.ModifyTableOps) else ():
            if isinstance(step, ops.AddColumnOp):
                step.column = _with_default(step.column)


def render_default(default: object) -> str | Literal[False]:
    """Write yes and no in the words of every database; they are compiled for the one at hand otherwise."""
    clause = getattr(default, "arg", None)
    if isinstance(clause, sa.True_ | sa.False_):
        return "sa.true()" if isinstance(clause, sa.True_) else "sa.false()"
    return False


def _with_default(column: sa.Column[object]) -> sa.Column[object]:
    value = column.default.arg if isinstance(column.default, sa.ColumnDefault) else None
    if column.nullable or column.server_default is not None or isinstance(column.type, sa.Enum):
        return column
    plain = value.value if isinstance(value, Enum) else value
    if not isinstance(plain, PLAIN):
        return column
    default = (sa.true() if plain else sa.false()) if isinstance(plain, bool) else str(plain)
    return sa.Column(column.name, column.type, server_default=default, nullable=False, comment=column.comment)
