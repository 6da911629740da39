import json
import threading

import pytest
import sqlalchemy as sa
from flask import Flask

from wizamart import database
from wizamart.commands.db import db_group
from wizamart.database import db
from wizamart.module_system import migrations, row_level_security
from wizamart.module_system.definition import ModuleDefinition
from wizamart.module_system.migration_history import FRAMEWORK_HISTORY, MigrationHistory, histories_of

STEP = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {before!r}


def upgrade():
    {upgrade}


def downgrade():
    {downgrade}
"""


def write_step(folder, owner, number, upgrade, downgrade="pass"):
    folder.mkdir(exist_ok=True)
    before = next((file.stem for file in folder.glob(f"{owner}_{number - 1:03d}_*.py")), None)
    revision = f"{owner}_{number:03d}_change_something_with_quite_a_long_name"
    (folder / f"{revision}.py").write_text(
        STEP.format(revision=revision, before=before, upgrade=upgrade, downgrade=downgrade)
    )
    return revision


def table(name):
    return (
        f'op.create_table("{name}", sa.Column("id", sa.Integer(), primary_key=True))',
        f'op.drop_table("{name}")',
    )


@pytest.fixture
def shop(tmp_path, database_url):
    """An application with the framework's tables and three small modules: stock, sales on stock, and news."""
    histories = [FRAMEWORK_HISTORY]
    for code, requires in (("stock", ()), ("sales", ("stock",)), ("news", ())):
        write_step(tmp_path / code, code, 1, *table(f"{code}_items"))
        histories.append(MigrationHistory(code, tmp_path / code, ("framework", *requires)))
    app = Flask("shop")
    database.init_app(app, database_url=database_url)
    migrations.init_app(app, histories)
    app.cli.add_command(db_group)
    with app.app_context():
        yield app
        db.engine.dispose()


def tables():
    return set(sa.inspect(db.engine).get_table_names())


def test_upgrade_runs_each_module_in_a_history_of_its_own(shop):
    outcomes = migrations.upgrade()

    assert [one.code for one in outcomes if one.applied] == ["stock", "sales", "news"]
    assert {"alembic_version", "alembic_version_stock", "alembic_version_sales"} <= tables()
    assert not migrations.is_pending()


def test_second_upgrade_does_nothing(shop):
    migrations.upgrade()

    assert not any(one.applied for one in migrations.upgrade())


def test_upgrade_of_one_module_runs_what_it_requires_and_nothing_else(shop):
    migrations.upgrade("sales")

    assert {"stock_items", "sales_items"} <= tables()
    assert "news_items" not in tables()


def test_failing_step_is_undone_and_named_while_others_are_migrated(shop, tmp_path):
    first = f"{table('stock_more')[0]}; op.execute('nonsense')"
    write_step(tmp_path / "stock", "stock", 2, first)

    with pytest.raises(migrations.MigrationFailed) as failure:
        migrations.upgrade()

    outcomes = {one.code: one for one in failure.value.outcomes}
    assert "stock" in str(failure.value)
    assert len(outcomes["stock"].applied) == 1
    assert outcomes["sales"].error == "waits for stock"
    assert outcomes["news"].error is None
    assert {"stock_items", "news_items"} <= tables()
    assert not {"stock_more", "sales_items"} & tables()


def test_downgrade_takes_one_module_away_and_leaves_the_others(shop):
    migrations.upgrade()

    migrations.downgrade("sales", "base")

    assert "sales_items" not in tables()
    assert {"stock_items", "news_items"} <= tables()


def test_downgrade_refuses_to_pull_tables_from_under_a_dependent(shop):
    migrations.upgrade()

    with pytest.raises(migrations.DependentsMigrated, match="sales"):
        migrations.downgrade("stock", "base")

    assert "stock_items" in tables()


def test_other_modules_migrate_when_the_code_of_one_is_gone(shop, tmp_path):
    migrations.upgrade()
    migrations.init_app(shop, [one for one in migrations.get_histories() if one.code != "sales"])
    write_step(tmp_path / "stock", "stock", 2, *table("stock_more"))

    migrations.upgrade()

    assert {"stock_more", "sales_items"} <= tables()


def test_database_newer_than_the_code_is_reported_and_not_touched(shop, tmp_path):
    revision = write_step(tmp_path / "news", "news", 2, *table("news_more"))
    migrations.upgrade()
    (tmp_path / "news" / f"{revision}.py").unlink()

    news = next(one for one in migrations.status() if one.code == "news")

    assert news.is_ahead
    assert news.pending == ()


@pytest.mark.backends("sqlite")
def test_rebuilding_a_table_in_sqlite_keeps_the_rows_that_refer_to_it(shop, tmp_path):
    write_step(
        tmp_path / "sales",
        "sales",
        2,
        'op.create_table("sales_lines", sa.Column("id", sa.Integer(), primary_key=True), '
        'sa.Column("item_id", sa.Integer(), sa.ForeignKey("sales_items.id", ondelete="CASCADE")))',
    )
    migrations.upgrade()
    with database.immediate_connection(db.engine) as connection:
        connection.exec_driver_sql("INSERT INTO sales_items (id) VALUES (1)")
        connection.exec_driver_sql("INSERT INTO sales_lines (id, item_id) VALUES (1, 1)")
    batch = 'with op.batch_alter_table("sales_items", recreate="always") as batch: '
    write_step(tmp_path / "sales", "sales", 3, f'{batch}batch.add_column(sa.Column("note", sa.String(9)))')

    migrations.upgrade()

    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sales_lines").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_two_hosts_that_start_together_migrate_once(shop):
    applied, barrier = [], threading.Barrier(2)

    def start():
        with shop.app_context():
            barrier.wait(10)
            applied.extend(revision for one in migrations.upgrade() for revision in one.applied)

    hosts = [threading.Thread(target=start) for _ in range(2)]
    for host in hosts:
        host.start()
    for host in hosts:
        host.join(30)

    assert len(applied) == len(set(applied)) == 3


def test_unknown_module_is_named(shop):
    with pytest.raises(migrations.UnknownHistory, match="nonsense"):
        migrations.upgrade("nonsense")


def test_names_off_the_rule_are_faults(tmp_path):
    for stem in ("stock_001_create", "stock_003_skip", "other_003_thing", "stock_04_short"):
        (tmp_path / f"{stem}.py").touch()

    faults = MigrationHistory("stock", tmp_path).find_name_faults()

    assert len(faults) == 3


def test_next_revision_takes_the_next_number_and_a_plain_name(tmp_path):
    write_step(tmp_path, "dev_tools", 1, "pass")

    revision = MigrationHistory("dev-tools", tmp_path).next_revision("Add SEO fields!")

    assert revision == "dev_tools_002_add_seo_fields"


def test_module_without_migrations_passes_on_what_it_requires(tmp_path, monkeypatch):
    folders = {code: tmp_path / code for code in ("a", "b", "c")}
    for code in ("a", "c"):
        (folders[code] / "migrations" / "versions").mkdir(parents=True)
    monkeypatch.setattr(ModuleDefinition, "folder", property(lambda module: folders[module.code]))
    chain = [
        ModuleDefinition("a", "A"),
        ModuleDefinition("b", "B", requires=("a",)),
        ModuleDefinition("c", "C", requires=("b",)),
    ]

    histories = histories_of(chain)

    assert [one.code for one in histories] == ["framework", "a", "c"]
    assert histories[-1].requires == ("a", "framework")


def test_commands_say_what_was_done_and_fail_with_one(shop, tmp_path):
    runner = shop.test_cli_runner()
    write_step(tmp_path / "news", "news", 2, "op.execute('nonsense')")

    failed = runner.invoke(args=["db", "upgrade"])
    again = runner.invoke(args=["db", "upgrade", "sales"])
    status = runner.invoke(args=["db", "status", "--json"])

    assert failed.exit_code == 1
    assert "news" in failed.stderr
    assert "sales: sales_001" in failed.stdout
    assert (again.exit_code, again.stdout) == (0, "Nothing to do.\n")
    assert '"code": "sales"' in status.stdout


def test_a_dry_run_of_the_commands_says_what_would_be_done_and_changes_nothing(shop):
    runner = shop.test_cli_runner()

    up = runner.invoke(args=["db", "upgrade", "sales", "--dry-run"])
    assert up.stdout.splitlines() == [
        "stock: stock_001_change_something_with_quite_a_long_name",
        "sales: sales_001_change_something_with_quite_a_long_name",
    ]
    assert "sales_items" not in tables()

    migrations.upgrade()
    down = runner.invoke(args=["db", "downgrade", "sales", "base", "--dry-run"])
    assert (down.exit_code, down.stdout) == (
        0,
        "sales: undo sales_001_change_something_with_quite_a_long_name\n",
    )
    assert "sales_items" in tables()
    refused = runner.invoke(args=["db", "downgrade", "stock", "base", "--dry-run"])
    assert (refused.exit_code, "sales" in refused.stderr) == (1, True)


def test_a_program_reads_what_migrations_did(shop, tmp_path, monkeypatch):
    runner = shop.test_cli_runner()
    steps = [
        {"code": code, "revision": f"{code}_001_change_something_with_quite_a_long_name"}
        for code in ("stock", "sales")
    ]

    def read(*arguments):
        return json.loads(runner.invoke(args=["db", *arguments, "--json"]).stdout)

    assert read("upgrade", "sales", "--dry-run") == steps
    assert read("upgrade", "sales") == steps
    assert read("upgrade", "sales") == []
    undone = {"code": "sales", "revision": "base", "undone": [steps[1]["revision"]]}
    assert read("downgrade", "sales", "base", "--dry-run") == undone
    assert read("downgrade", "sales", "base") == undone
    monkeypatch.setattr(migrations, "new", lambda _code, _message: tmp_path / "none.py")
    assert read("new", "sales", "Nothing") == {"code": "sales", "file": None}


def test_a_program_reads_what_was_migrated_before_one_failed(shop, tmp_path):
    write_step(tmp_path / "news", "news", 2, "op.execute('nonsense')")

    failed = shop.test_cli_runner().invoke(args=["db", "upgrade", "--json"])

    assert failed.exit_code == 1
    assert "sales" in {row["code"] for row in json.loads(failed.stdout)}
    assert failed.stderr.startswith("Error: ")


@pytest.mark.parametrize("revision", ["nowhere", "sales_001_change_something_with_quite_a_long_name"])
def test_downgrade_to_what_was_never_run_or_is_not_there_is_a_sentence(shop, revision):
    migrations.upgrade("stock")

    refused = shop.test_cli_runner().invoke(args=["db", "downgrade", "sales", revision])

    assert refused.exit_code == 1
    assert refused.stderr == f"Error: “{revision}” is no migration of “sales” that was run.\n"


@pytest.mark.backends("postgresql")
def test_policy_shows_each_platform_its_own_rows_even_to_the_owner_of_the_table(shop, monkeypatch):
    with db.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE owned_things (id int, platform_id int)")
        connection.exec_driver_sql("INSERT INTO owned_things VALUES (1, 1), (2, 2)")
    monkeypatch.setattr(row_level_security, "owned_table_names", lambda: frozenset({"owned_things"}))

    assert row_level_security.enforce(db.engine) == ("owned_things",)

    assert row_level_security.enforce(db.engine) == ()
    assert seen_as("") == []
    assert seen_as("1") == [1]
    assert seen_as("*") == [1, 2]
    with pytest.raises(sa.exc.ProgrammingError, match="row-level security"), db.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO owned_things VALUES (3, 3)")


def seen_as(platform):
    with db.engine.begin() as connection:
        connection.execute(
            sa.text("SELECT set_config('wizamart.platform_id', :platform, true)"), {"platform": platform}
        )
        return list(connection.scalars(sa.text("SELECT id FROM owned_things ORDER BY id")))
