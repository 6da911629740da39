"""The commands `wizamart db …`: the database's state and its migrations."""

import json
import sys
from dataclasses import asdict

import click
from flask.cli import AppGroup

from wizamart.exceptions import WizamartError
from wizamart.module_system import migrations

db_group = AppGroup("db", help="Migrate the database: each module has a history of its own.")


@db_group.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
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
def run_upgrade(code: str | None) -> None:
    """Run what is pending, of all modules or of CODE with what it requires."""
    try:
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
def run_downgrade(code: str, revision: str) -> None:
    """Take module CODE back to REVISION; `base` takes all its tables away, with what is in them."""
    try:
        migrations.downgrade(code, revision)
    except WizamartError as error:
        _fail(error)
    click.echo(f"{code}: now at {revision}")


@db_group.command("check")
def run_check() -> None:
    """Compare models with the database; exit with 1 where they differ."""
    differences = migrations.check()
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


def _print_applied(
    outcomes: "tuple[migrations.UpgradeOutcome, ...] | list[migrations.UpgradeOutcome]",
) -> int:
    applied = [(one.code, revision) for one in outcomes for revision in one.applied]
    for code, revision in applied:
        click.echo(f"{code}: {revision}")
    return len(applied)


def _fail(error: WizamartError) -> None:
    click.echo(str(error), err=True)
    sys.exit(1)
