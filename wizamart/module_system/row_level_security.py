"""Row-level security: PostgreSQL says again, underneath, what the session's scope says above."""

from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from wizamart.database import Base
from wizamart.platforms import OWNED_TABLE, PlatformOwned

POLICY: Final = "wizamart_platform"
# The sub-select is evaluated once a statement, not once a row. '*' looks across platforms, '' sees nothing.
_CONDITION: Final = "(SELECT current_setting('wizamart.platform_id', true)) IN ('*', platform_id::text)"


def owned_table_names() -> frozenset[str]:
    """Return the tables whose rows belong to one platform each; one without a class says so in its `info`."""
    mapped = {
        str(mapper.local_table)
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, PlatformOwned)
    }
    plain = {
        name for name, table in Base.metadata.tables.items() if table.info.items() >= OWNED_TABLE.items()
    }
    return frozenset(mapped | plain)


def enforce(engine: Engine) -> tuple[str, ...]:
    """Protect every tenant's table that is there and not protected yet; return their names.

    Running it again changes nothing and takes no lock. On SQLite, which has no policies, it does nothing.
    """
    if engine.dialect.name != "postgresql":
        return ()
    with engine.begin() as connection:
        missing = sorted(owned_table_names() & set(_unprotected(connection)))
        for name in missing:
            table = connection.dialect.identifier_preparer.quote(name)
            # FORCE, since the application owns its tables and an owner is exempt otherwise.
            connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            connection.exec_driver_sql(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            connection.exec_driver_sql(f"DROP POLICY IF EXISTS {POLICY} ON {table}")
            connection.exec_driver_sql(
                f"CREATE POLICY {POLICY} ON {table} USING ({_CONDITION}) WITH CHECK ({_CONDITION})"
            )
    return tuple(missing)


def _unprotected(connection: Connection) -> Iterator[str]:
    query = sa.text(
        "SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid)"
        " AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND EXISTS"
        " (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = :policy))"
    )
    yield from connection.scalars(query, {"policy": POLICY})
