"""The command `wizamart`: the same services as the portal, errors on stderr, exit status 1, usage errors 2."""

import sys
from typing import Any

import click
from flask.cli import FlaskGroup

from wizamart.app import Wizamart, create_app
from wizamart.db_commands import db_group
from wizamart.exceptions import WizamartError


class WizamartGroup(FlaskGroup):
    """Shows an expected failure as one sentence instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except WizamartError as error:
            raise click.ClickException(str(error)) from error


def _create() -> Wizamart:
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
group.add_command(db_group)


def main() -> None:
    """Run the command line."""
    group.main(args=sys.argv[1:], prog_name="wizamart")
