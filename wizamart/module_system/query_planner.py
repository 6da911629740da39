"""SQLite's query planner is told what it cannot guess: that a tenant owns many rows of a table, and not ten.

Without statistics SQLite takes every index to find about ten rows, so it prefers the one on the tenant to the one that
leads to the few rows wanted, and walks through all that the tenant has. PostgreSQL collects statistics by itself.
"""

from collections.abc import Iterator
from typing import Final

from sqlalchemy.engine import Connection, Engine

from wizamart.module_system.row_level_security import owned_table_names

TENANT: Final = ("platform_id", "vendor_id")
ROWS: Final = 100_000
OF_A_TENANT: Final = 50_000


def teach(engine: Engine) -> tuple[str, ...]:
    """Write statistics for the tenants' indexes that have none, and return their names; `ANALYZE` replaces them."""
    if engine.dialect.name != "sqlite":
        return ()
    with engine.connect().execution_options(read_only=False) as connection, connection.begin():
        present = set(
            connection.exec_driver_sql("SELECT name FROM sqlite_schema WHERE type = 'table'").scalars()
        )
        tables = sorted(owned_table_names() & present)
        if not tables:
            return ()
        if "sqlite_stat1" not in present:
            connection.exec_driver_sql(f'ANALYZE "{tables[0]}"')  # makes the table that statistics lie in
        known = set(connection.exec_driver_sql("SELECT tbl FROM sqlite_stat1").scalars())
        guesses = [one for name in tables if name not in known for one in _guesses(connection, name)]
        for guess in guesses:
            connection.exec_driver_sql("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", guess)
        connection.exec_driver_sql("ANALYZE sqlite_schema")  # reads them again
    engine.dispose()  # other connections would go on without them
    return tuple(index for _table, index, _stat in guesses)


def _guesses(connection: Connection, table: str) -> Iterator[tuple[str, str, str]]:
    """Yield table, name and statistics of each index that begins with a tenant."""
    for row in connection.exec_driver_sql(f'PRAGMA index_list("{table}")').all():
        columns = [one[2] for one in connection.exec_driver_sql(f'PRAGMA index_info("{row[1]}")').all()]
        if not columns or columns[0] not in TENANT:
            continue
        is_unique = bool(row[2])
        stat, left = [str(ROWS)], OF_A_TENANT
        for place, column in enumerate(columns):
            if column not in TENANT:
                left = max(1, left // 10)
            is_last = place == len(columns) - 1
            stat.append("1" if is_last and is_unique else str(left))
        yield table, row[1], " ".join(stat)
