"""A database that is given out again is as good as a new one."""

import pytest
import sqlalchemy as sa

from wizamart.testing.databases import PostgresqlTemplate


@pytest.fixture
def template(postgresql_server):
    def build(url):
        with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
            connection.exec_driver_sql("CREATE TABLE versions (number int)")
            connection.exec_driver_sql("INSERT INTO versions VALUES (1)")
            connection.exec_driver_sql("CREATE TABLE rows (id serial PRIMARY KEY, name text)")

    template = PostgresqlTemplate(postgresql_server, build)
    yield template
    template.close()


def run(url, *statements):
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        results = [connection.exec_driver_sql(statement) for statement in statements]
        return results[-1].scalar() if results[-1].returns_rows else None


def test_rows_are_gone_and_numbers_begin_anew(template):
    with template.copy() as first:
        run(first, "INSERT INTO rows (name) VALUES ('a'), ('b')")
    with template.copy() as second:
        assert second == first
        assert run(second, "SELECT count(*) FROM rows") == 0
        assert run(second, "INSERT INTO rows (name) VALUES ('c') RETURNING id") == 1
        assert run(second, "SELECT number FROM versions") == 1


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE more (id int)",
        "ALTER TABLE rows ADD COLUMN size int",
        "ALTER TABLE rows ENABLE ROW LEVEL SECURITY",
        "CREATE INDEX ix_rows_name ON rows (name)",
        "DROP TABLE rows",
        "UPDATE versions SET number = 2",
    ],
)
def test_a_database_of_another_shape_is_not_given_out_again(template, change):
    with template.copy() as first:
        run(first, change)
    with template.copy() as second:
        assert second != first
        assert run(second, "SELECT number FROM versions") == 1


def test_what_is_left_open_holds_nobody_up(template):
    with template.copy() as first:
        forgotten = sa.create_engine(first, poolclass=sa.NullPool).connect()
        forgotten.exec_driver_sql("INSERT INTO rows (name) VALUES ('a')")
    with template.copy() as second, template.copy() as third:
        assert second != third
        assert run(second, "SELECT count(*) FROM rows") == 0
    with pytest.raises(sa.exc.OperationalError):
        forgotten.exec_driver_sql("SELECT 1")
    forgotten.invalidate()


@pytest.mark.backends("postgresql")
def test_the_applications_own_databases_are_given_out_again(postgresql_template):
    with postgresql_template.copy() as first:
        run(first, "SELECT set_config('wizamart.platform_id', '*', true)")
    with postgresql_template.copy() as second:
        assert second == first
        assert run(second, "SELECT count(*) FROM platforms") == 0
