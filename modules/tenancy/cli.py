"""`wizamart platforms` and `wizamart users`: through the portal's own services."""

import json
import re
from typing import Any

import click
import sqlalchemy as sa
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from modules.core.services import preset_service
from modules.tenancy.services import account_service, people_service, platform_service, role_service
from modules.tenancy.services.role_service import Place
from wizamart import clock
from wizamart.auth import user_service
from wizamart.auth.exceptions import UserNotFound
from wizamart.auth.models import User
from wizamart.config import ORIGIN as HOST
from wizamart.database import unit_of_work
from wizamart.module_system.manager import current_manager
from wizamart.permissions import ensure_builtin_roles

ORIGIN = "command"
json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON.")

platforms_group = AppGroup("platforms", help="See, create and archive platforms.")
users_group = AppGroup("users", help="See, create, invite and deactivate people.")
commands = [platforms_group, users_group]


@platforms_group.command("list")
@json_option
def list_platforms(as_json: bool) -> None:
    """List the platforms."""
    with unit_of_work(read_only=True) as session:
        rows = [
            {"code": one.code, "name": one.name, "status": str(one.status), "currency": one.currency}
            for one in platform_service.list_platforms(session)
        ]
    _print(rows, as_json=as_json)


@platforms_group.command("create")
@click.argument("code")
@click.option("--name", help="Its name; the code if left out.")
@click.option(
    "--preset",
    type=click.Choice([preset.code for preset in preset_service.PRESETS]),
    default="essentials",
    show_default=True,
)
@click.option("--currency", default="EUR", show_default=True)
@click.option("--locale", default="en", show_default=True, help="The default language.")
@json_option
def create_platform(**options: Any) -> None:
    """Create platform CODE with the modules of a preset."""
    with unit_of_work() as session:
        ensure_builtin_roles(session)
        platform = platform_service.create_platform(
            session,
            code=options["code"],
            name=options["name"] or options["code"],
            currency=options["currency"],
            default_locale=options["locale"],
            modules=preset_service.get_preset(current_manager().registry, options["preset"]).modules,
            actor_id=None,
            at=clock.now(),
            origin=ORIGIN,
        )
        row = {"code": platform.code, "name": platform.name, "status": str(platform.status)}
    _print([row], as_json=options["as_json"])


@platforms_group.command("archive")
@click.argument("code")
def archive_platform(code: str) -> None:
    """Close platform CODE; its data stays."""
    with unit_of_work() as session:
        platform = platform_service.get_platform_by_code(session, code)
        platform_service.archive_platform(session, platform, here_id=None, actor_id=None, at=clock.now())
    click.echo(f"{code}: archived")


@platforms_group.command("restore")
@click.argument("code")
def restore_platform(code: str) -> None:
    """Open archived platform CODE again."""
    with unit_of_work() as session:
        platform = platform_service.get_platform_by_code(session, code)
        platform_service.restore_platform(session, platform, actor_id=None, at=clock.now())
    click.echo(f"{code}: active")


@users_group.command("list")
@json_option
def list_users(as_json: bool) -> None:
    """List all people."""
    with unit_of_work(read_only=True) as session:
        rows = [
            {
                "email": one.email,
                "name": one.display_name,
                "super_admin": one.is_super_admin,
                "active": one.is_active,
            }
            for one in session.scalars(sa.select(User).order_by(User.email))
        ]
    if not as_json:
        for row in rows:
            row["super_admin"] = "super admin" if row["super_admin"] else ""
            row["active"] = "active" if row["active"] else "deactivated"
    _print(rows, as_json=as_json)


@users_group.command("create")
@click.argument("email")
@click.option("--name", default="", help="Their name.")
@click.option("--super-admin", is_flag=True, help="Let them run all platforms.")
@click.option(
    "--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for if left out."
)
def create_user(email: str, name: str, super_admin: bool, password: str) -> None:
    """Create a person with a password."""
    with unit_of_work() as session:
        user_service.create_user(
            session,
            email=email,
            display_name=name,
            password=password,
            is_super_admin=super_admin,
            at=clock.now(),
        )
    click.echo(f"{email}: created")


@users_group.command("invite")
@click.argument("email")
@click.option("--platform", "platform_code", required=True, help="Code of the platform to administer.")
@click.option("--role", default="platform-admin", show_default=True, help="Code of the role.")
@click.option("--url", required=True, help="Address of the portal, such as https://admin.example.com.")
def invite_user(email: str, platform_code: str, role: str, url: str) -> None:
    """Invite somebody by mail to administer a platform."""
    base = url.rstrip("/")
    if not re.fullmatch(f"{HOST.pattern}(/[!-~]*)?", base, re.IGNORECASE):
        raise click.BadParameter(
            "An address such as https://admin.example.com is needed.", param_hint="--url"
        )
    with unit_of_work() as session:
        ensure_builtin_roles(session)
        platform = platform_service.get_platform_by_code(session, platform_code)
        place = Place(platform.id)
        roles = {one.code: one.id for one in role_service.list_roles(session, place)}
        if role not in roles:
            raise click.ClickException(f"role: no {role!r} here, but {', '.join(sorted(roles))}")
        people_service.invite(
            session,
            place,
            email=email,
            role_ids=[roles[role]],
            reach=role_service.declared_permissions(),
            place_name=platform.name,
            inviter=None,
            invitation_url=lambda token: f"{base}/invitation/{token}",
            sign_in_url=f"{base}/login",
            at=clock.now(),
        )
    click.echo(f"{email}: invited to {platform_code}")


@users_group.command("set-password")
@click.argument("email")
@click.option(
    "--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for if left out."
)
def set_password(email: str, password: str) -> None:
    """Give somebody a new password and sign them out everywhere."""
    with unit_of_work() as session:
        user_service.set_password(session, _get_user(session, email), password, at=clock.now())
    click.echo(f"{email}: has a new password")


@users_group.command("reset-second-factor")
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Take the second factor from somebody who has lost phone and recovery codes; ends their sessions."""
    with unit_of_work() as session:
        user = _get_user(session, email)
        account_service.reset_second_factor(session, user, actor_id=None, at=clock.now())
    click.echo(f"{email}: signs in by password alone, until a second factor is set up again")


@users_group.command("make-super-admin")
@click.argument("email")
def make_super_admin(email: str) -> None:
    """Let somebody run all platforms."""
    with unit_of_work() as session:
        account_service.set_super_admin(session, _get_user(session, email), value=True, actor_id=None)
    click.echo(f"{email}: is a super admin")


@users_group.command("deactivate")
@click.argument("email")
def deactivate_user(email: str) -> None:
    """Keep somebody from signing in; refused for the last super admin and the last owner of a vendor."""
    with unit_of_work() as session:
        account_service.deactivate(session, _get_user(session, email), actor_id=None, at=clock.now())
    click.echo(f"{email}: deactivated")


def _get_user(session: Session, email: str) -> User:
    user = user_service.find_user_by_email(session, email)
    if user is None:
        raise UserNotFound
    return user


def _print(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo("  ".join(f"{value!s:<24}" for value in row.values()).rstrip())
