"""The command `wizamart`: the same services as the portal, errors on stderr, exit status 1, usage errors 2."""

import importlib
import importlib.util
import sys
from typing import Any

import click
from flask.cli import FlaskGroup
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from wizamart.app import Wizamart, create_app
from wizamart.commands.db import db_group
from wizamart.commands.demo import demo
from wizamart.commands.i18n import i18n_group
from wizamart.commands.modules import modules_group
from wizamart.commands.serve import health, serve, worker
from wizamart.config import ROOT, Settings
from wizamart.exceptions import InvalidInput, WizamartError
from wizamart.module_system.registry import discover


class WizamartGroup(FlaskGroup):
    """Offers the modules' commands beside its own; shows an expected failure as one sentence, not a traceback."""

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 - click calls it so
        name: str,
    ) -> click.Command | None:
        """Return one of the framework's commands, or else a module's."""
        own = self.commands.get(name)
        return own if own is not None else module_commands().get(name)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click calls it so
        """Return the names of all commands."""
        return sorted({*self.commands, *module_commands()})

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except InvalidInput as error:
            raise click.ClickException(_told_by_field(error)) from error
        except WizamartError as error:
            raise click.ClickException(str(error)) from error
        except ValidationError as error:
            if error.title != Settings.__name__:
                raise
            raise click.ClickException(_wrong_settings(error)) from error
        except OperationalError as error:
            raise click.ClickException(f"The database does not answer as it should: {error.orig}") from error


def module_commands() -> dict[str, click.Command]:
    """Return the commands that modules list as `commands` in their `cli.py`.

    Those of an installed package that fail to load are named on stderr and left out.
    """
    found: dict[str, click.Command] = {}
    for code, module in discover().items():
        name = f"{module.package}.cli"
        try:
            if importlib.util.find_spec(name) is None:
                continue
            commands: list[click.Command] = importlib.import_module(name).commands
            named = {command.name or "": command for command in commands}
        except Exception as error:
            if module.package.startswith("modules."):
                raise
            click.echo(f"{code}: its commands are left out: {type(error).__name__}: {error}", err=True)
            continue
        found = named | found  # nobody takes a command from a module before it
    return found


def _told_by_field(error: InvalidInput) -> str:
    """Name each field in the sentence about it: there is no form here to put it at."""
    lines = [f"{name}: {' '.join(texts)}" for name, texts in error.errors.items()]
    return "\n".join(lines) or str(error)


def _wrong_settings(error: ValidationError) -> str:
    """Name all variables that are missing or wrong, without their values: those may be secret."""
    lines = ["These settings are missing or wrong:"]
    for fault in error.errors(include_input=False, include_url=False):
        name = "_".join(str(part) for part in fault["loc"][:1])
        text = fault["msg"].removeprefix("Value error, ")
        lines.append(f"  WIZAMART_{name.upper()}: {text}" if name else f"  {text}")
    return "\n".join(lines)


def _create() -> Wizamart:
    # A wheel would hold the packages alone; said here, since what misses the rest first says something else.
    if not (ROOT / "templates").is_dir():
        raise click.ClickException(
            f"There are no templates and migrations beside {ROOT / 'wizamart'}. "
            "Wizamart runs from its source folder: install it there with `pip install -e .`."
        )
    return create_app()


group = WizamartGroup(
    name="wizamart",
    create_app=_create,
    add_default_commands=False,
    add_version_option=False,
    load_dotenv=False,
    set_debug_flag=False,
    help="Commands of a Wizamart installation.",
)
click.version_option(package_name="wizamart", message="%(version)s")(group)
for command in (db_group, demo, health, i18n_group, modules_group, serve, worker):
    group.add_command(command)


def main() -> None:
    """Run the command line."""
    group.main(args=sys.argv[1:], prog_name="wizamart")


if __name__ == "__main__":
    main()
