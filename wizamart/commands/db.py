"""The commands `wizamart db …`: the database's state and its migrations."""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from typing import NoReturn

import click
from flask.cli import AppGroup

from wizamart.exceptions import WizamartError
from wizamart.module_system import migrations

json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON.")
dry_run_option = click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")

db_group = AppGroup("db", help="Migrate the database: each module has a history of its own.")


@db_group.command("status")
@json_option
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
@json_option
def run_upgrade(code: str | None, dry_run: bool, as_json: bool) -> None:
    """Run what is pending, of all modules or of CODE with what it requires."""
    try:
        steps = migrations.list_pending(code) if dry_run else _applied(migrations.upgrade(code))
    except migrations.MigrationFailed as failure:
        steps = _applied(failure.outcomes)
        if steps or as_json:
            _print_steps(steps, as_json=as_json)
        _fail(failure)
    except WizamartError as error:
        _fail(error)
    _print_steps(steps, as_json=as_json)


@db_group.command("downgrade")
@click.argument("code")
@click.argument("revision")
@dry_run_option
@json_option
def run_downgrade(code: str, revision: str, dry_run: bool, as_json: bool) -> None:
    """Take module CODE back to REVISION; `base` takes all its tables away, with what is in them."""
    try:
        undone = list(migrations.list_undone(code, revision))
        if not dry_run:
            migrations.downgrade(code, revision)
    except WizamartError as error:
        _fail(error)
    if as_json:
        click.echo(json.dumps({"code": code, "revision": revision, "undone": undone}, indent=2))
    elif dry_run:
        for one in undone:
            click.echo(f"{code}: undo {one}")
    else:
        click.echo(f"{code}: now at {revision}")


@db_group.command("check")
@json_option
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
@json_option
def write_new(code: str, message: str, as_json: bool) -> None:
    """Write one more migration of module CODE from what its models have more than the database."""
    try:
        path = migrations.new(code, message)
    except WizamartError as error:
        _fail(error)
    written = str(path) if path.exists() else None
    if as_json:
        click.echo(json.dumps({"code": code, "file": written}, indent=2))
    else:
        click.echo(written or "Nothing has changed.")


def _applied(outcomes: Iterable[migrations.UpgradeOutcome]) -> list[tuple[str, str]]:
    return [(one.code, revision) for one in outcomes for revision in one.applied]


def _print_steps(steps: Iterable[tuple[str, str]], *, as_json: bool) -> None:
    """Print the migrations that were run, or would be, in their order."""
    rows = [{"code": code, "revision": revision} for code, revision in steps]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        click.echo(f"{row['code']}: {row['revision']}")
    if not rows:
        click.echo("Nothing to do.")


def _fail(error: WizamartError) -> NoReturn:
    raise click.ClickException(str(error)) from error
