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
from wizamart.platforms import Platform

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
            {**_platform_row(one), "currency": one.currency}
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
        row = _platform_row(platform)
    _print([row], as_json=options["as_json"])


@platforms_group.command("archive")
@click.argument("code")
@json_option
def archive_platform(code: str, as_json: bool) -> None:
    """Close platform CODE; its data stays."""
    with unit_of_work() as session:
        platform = platform_service.get_platform_by_code(session, code)
        platform_service.archive_platform(session, platform, here_id=None, actor_id=None, at=clock.now())
        row = _platform_row(platform)
    _tell(row, f"{code}: archived", as_json=as_json)


@platforms_group.command("restore")
@click.argument("code")
@json_option
def restore_platform(code: str, as_json: bool) -> None:
    """Open archived platform CODE again."""
    with unit_of_work() as session:
        platform = platform_service.get_platform_by_code(session, code)
        platform_service.restore_platform(session, platform, actor_id=None, at=clock.now())
        row = _platform_row(platform)
    _tell(row, f"{code}: active", as_json=as_json)


@users_group.command("list")
@json_option
def list_users(as_json: bool) -> None:
    """List all people."""
    with unit_of_work(read_only=True) as session:
        rows = [_person_row(one) for one in session.scalars(sa.select(User).order_by(User.email))]
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
@json_option
def create_user(email: str, name: str, super_admin: bool, password: str, as_json: bool) -> None:
    """Create a person with a password."""
    with unit_of_work() as session:
        user = user_service.create_user(
            session,
            email=email,
            display_name=name,
            password=password,
            is_super_admin=super_admin,
            at=clock.now(),
        )
        row = _person_row(user)
    _tell(row, f"{email}: created", as_json=as_json)


@users_group.command("invite")
@click.argument("email")
@click.option("--platform", "platform_code", required=True, help="Code of the platform to administer.")
@click.option("--role", default="platform-admin", show_default=True, help="Code of the role.")
@click.option("--url", required=True, help="Address of the portal, such as https://admin.example.com.")
@json_option
def invite_user(email: str, platform_code: str, role: str, url: str, as_json: bool) -> None:
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
        row = {**_person_row(_get_user(session, email)), "platform": platform_code, "role": role}
    _tell(row, f"{email}: invited to {platform_code}", as_json=as_json)


@users_group.command("set-password")
@click.argument("email")
@click.option(
    "--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for if left out."
)
@json_option
def set_password(email: str, password: str, as_json: bool) -> None:
    """Give somebody a new password and sign them out everywhere."""
    with unit_of_work() as session:
        user = _get_user(session, email)
        user_service.set_password(session, user, password, at=clock.now())
        row = _person_row(user)
    _tell(row, f"{email}: has a new password", as_json=as_json)


@users_group.command("reset-second-factor")
@click.argument("email")
@json_option
def reset_second_factor(email: str, as_json: bool) -> None:
    """Take the second factor from somebody who has lost phone and recovery codes; ends their sessions."""
    with unit_of_work() as session:
        user = _get_user(session, email)
        account_service.reset_second_factor(session, user, actor_id=None, at=clock.now())
        row = _person_row(user)
    _tell(row, f"{email}: signs in by password alone, until a second factor is set up again", as_json=as_json)


@users_group.command("make-super-admin")
@click.argument("email")
@json_option
def make_super_admin(email: str, as_json: bool) -> None:
    """Let somebody run all platforms."""
    with unit_of_work() as session:
        user = _get_user(session, email)
        account_service.set_super_admin(session, user, value=True, actor_id=None)
        row = _person_row(user)
    _tell(row, f"{email}: is a super admin", as_json=as_json)


@users_group.command("deactivate")
@click.argument("email")
@json_option
def deactivate_user(email: str, as_json: bool) -> None:
    """Keep somebody from signing in; refused for the last super admin and the last owner of a vendor."""
    with unit_of_work() as session:
        user = _get_user(session, email)
        account_service.deactivate(session, user, actor_id=None, at=clock.now())
        row = _person_row(user)
    _tell(row, f"{email}: deactivated", as_json=as_json)


def _get_user(session: Session, email: str) -> User:
    user = user_service.find_user_by_email(session, email)
    if user is None:
        raise UserNotFound
    return user


def _platform_row(platform: Platform) -> dict[str, Any]:
    return {"code": platform.code, "name": platform.name, "status": str(platform.status)}


def _person_row(user: User) -> dict[str, Any]:
    return {
        "email": user.email,
        "name": user.display_name,
        "super_admin": user.is_super_admin,
        "active": user.is_active,
    }


def _tell(row: dict[str, Any], sentence: str, *, as_json: bool) -> None:
    """Say what was done, or write what is so now: a list of one, as `list` writes it."""
    if as_json:
        _print([row], as_json=True)
    else:
        click.echo(sentence)


def _print(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(rows))
        return
    for row in rows:
        click.echo("  ".join(f"{value!s:<24}" for value in row.values()).rstrip())
