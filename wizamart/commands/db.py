"""The commands `wizamart db …`: the database's state and its migrations."""

import json
import sys
from dataclasses import asdict
from typing import NoReturn

import click
from flask.cli import AppGroup

from wizamart.exceptions import WizamartError
from wizamart.module_system import migrations

dry_run_option = click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")

db_group = AppGroup("db", help="Migrate the database: each module has a history of its own.")


@db_group.command("status")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def show_status(as_json: bool) -> None:
    """Show how far each history has come."""
    found = migrations.status()
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2))
        return
    for one in found:
        state = "ahead of the code" if one.is_ahead else f"{len(one.pending)} pending"
        click.echo(
            f"{one.code:<20} {one.current or '-':<48} {state if one.pending or one.is_ahead else 'ok'}"
        )


@db_group.command("upgrade")
@click.argument("code", required=False)
@dry_run_option
def run_upgrade(code: str | None, dry_run: bool) -> None:
    """Run what is pending, of all modules or of CODE with what it requires."""
    try:
        if dry_run:
            _print_pending(migrations.list_pending(code))
            return
        outcomes = migrations.upgrade(code)
    except migrations.MigrationFailed as failure:
        _print_applied(failure.outcomes)
        _fail(failure)
    except WizamartError as error:
        _fail(error)
    else:
        if not _print_applied(outcomes):
            click.echo("Nothing to do.")


@db_group.command("downgrade")
@click.argument("code")
@click.argument("revision")
@dry_run_option
def run_downgrade(code: str, revision: str, dry_run: bool) -> None:
    """Take module CODE back to REVISION; `base` takes all its tables away, with what is in them."""
    try:
        if dry_run:
            for undone in migrations.list_undone(code, revision):
                click.echo(f"{code}: undo {undone}")
            return
        migrations.downgrade(code, revision)
    except WizamartError as error:
        _fail(error)
    click.echo(f"{code}: now at {revision}")


@db_group.command("check")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def run_check(as_json: bool) -> None:
    """Compare models with the database; exit with 1 where they differ."""
    differences = migrations.check()
    if as_json:
        click.echo(json.dumps(differences, indent=2))
        sys.exit(1 if differences else 0)
    for code, found in differences.items():
        for difference in found:
            click.echo(f"{code}: {difference}", err=True)
    if differences:
        sys.exit(1)
    click.echo("Models and migrations agree.")


@db_group.command("new")
@click.argument("code")
@click.argument("message")
def write_new(code: str, message: str) -> None:
    """Write one more migration of module CODE from what its models have more than the database."""
    try:
        path = migrations.new(code, message)
    except WizamartError as error:
        _fail(error)
    if path.exists():
        click.echo(str(path))
    else:
        click.echo("Nothing has changed.")


def _print_pending(pending: list[tuple[str, str]]) -> None:
    for code, revision in pending:
        click.echo(f"{code}: {revision}")
    if not pending:
        click.echo("Nothing to do.")


def _print_applied(
    outcomes: "tuple[migrations.UpgradeOutcome, ...] | list[migrations.UpgradeOutcome]",
) -> int:
    applied = [(one.code, revision) for one in outcomes for revision in one.applied]
    for code, revision in applied:
        click.echo(f"{code}: {revision}")
    return len(applied)


def _fail(error: WizamartError) -> NoReturn:
    raise click.ClickException(str(error)) from error
