"""`wizamart modules`: list, show, plan, enable, disable, config, check and new, through the portal's own services."""

import json
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from wizamart.database import unit_of_work
from wizamart.module_system import config_forms, config_service, service
from wizamart.module_system.checks import check_modules
from wizamart.module_system.manager import current_manager
from wizamart.module_system.plan import Plan
from wizamart.module_system.scaffold import write_module

ORIGIN = "command"
platform_option = click.option("--platform", "platform_code", required=True, help="Code of the platform.")
dry_run_option = click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON.")

modules_group = AppGroup("modules", help="See, switch and check modules.")


@modules_group.command("list")
@click.option("--platform", "platform_code", help="Show the state on this platform, too.")
@json_option
def list_modules(platform_code: str | None, as_json: bool) -> None:
    """List the installed modules."""
    manager = current_manager()
    effective: frozenset[str] | None = None
    if platform_code is not None:
        with unit_of_work(read_only=True) as session:
            platform = service.find_platform(session, platform_code)
            effective = manager.state_of(session, platform.id).effective
    rows = []
    for code, module in manager.registry.items():
        row: dict[str, Any] = {
            "code": code,
            "tier": str(module.tier),
            "version": module.version,
            "requires": list(module.requires),
        }
        rows.append(row if effective is None else row | {"on": code in effective})
    rejected = [{"code": module.code, "reason": module.reason} for module in manager.registry.rejected]
    if as_json:
        click.echo(json.dumps({"modules": rows, "rejected": rejected}))
        return
    for row in rows:
        state = "" if effective is None else ("on   " if row["on"] else "off  ")
        requires = f"  requires {', '.join(row['requires'])}" if row["requires"] else ""
        click.echo(f"{state}{row['code']:<14}{row['tier']:<10}{row['version']}{requires}")
    for left_out in rejected:
        click.echo(f"left out: {left_out['reason']}", err=True)


@modules_group.command("show")
@click.argument("code")
@json_option
def show_module(code: str, as_json: bool) -> None:
    """Show what module CODE declares."""
    manager = current_manager()
    module = manager.registry[code]
    shown = {
        "code": code,
        "name": str(module.name),
        "description": str(module.description),
        "version": module.version,
        "tier": str(module.tier),
        "requires": list(module.requires),
        "required_by": list(manager.registry.dependents[code]),
        "features": list(module.features),
        "permissions": list(module.permissions),
        "menu_items": {
            str(frontend): [item.id for item in items] for frontend, items in module.menu_items.items()
        },
        "routes": manager.routes_of(code),
    }
    if as_json:
        click.echo(json.dumps(shown))
        return
    for key, value in shown.items():
        click.echo(f"{key}: {_in_words(value)}".rstrip())


def _in_words(value: Any) -> str:
    """Return a value of a definition as a line; of what is sorted by frontend, each with its own."""
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_in_words(items)}" for name, items in value.items())
    return ", ".join(value) if isinstance(value, list) else str(value)


@modules_group.command("plan")
@click.option("--enable", multiple=True, metavar="CODE", help="A module to switch on; may be repeated.")
@click.option("--disable", multiple=True, metavar="CODE", help="A module to switch off; may be repeated.")
@platform_option
@json_option
def plan_change(enable: tuple[str, ...], disable: tuple[str, ...], platform_code: str, as_json: bool) -> None:
    """Show what a change would take, and do nothing."""
    if not enable and not disable:
        raise click.UsageError("name a module with --enable or --disable")
    with unit_of_work(read_only=True) as session:
        _show(service.plan(session, platform_code, enable=enable, disable=disable), as_json=as_json)


@modules_group.command("enable")
@click.argument("code")
@platform_option
@dry_run_option
@json_option
def enable(code: str, platform_code: str, dry_run: bool, as_json: bool) -> None:
    """Enable module CODE and everything it requires."""
    _change(platform_code, enable=[code], disable=[], dry_run=dry_run, as_json=as_json)


@modules_group.command("disable")
@click.argument("code")
@platform_option
@dry_run_option
@json_option
def disable(code: str, platform_code: str, dry_run: bool, as_json: bool) -> None:
    """Disable module CODE and everything that depends on it."""
    _change(platform_code, enable=[], disable=[code], dry_run=dry_run, as_json=as_json)


def _change(
    platform_code: str, *, enable: list[str], disable: list[str], dry_run: bool, as_json: bool
) -> None:
    with unit_of_work(read_only=dry_run) as session:
        plan = service.plan(session, platform_code, enable=enable, disable=disable)
        if not dry_run:
            service.apply(session, plan, origin=ORIGIN)
    _show(plan, as_json=as_json)


def _show(plan: Plan, *, as_json: bool) -> None:
    click.echo(json.dumps(plan.as_dict()) if as_json else plan.as_text() or "Nothing to do.")


@modules_group.command("config")
@click.argument("code")
@click.argument("assignments", nargs=-1, metavar="[KEY=VALUE]...")
@platform_option
@dry_run_option
@json_option
def configure(
    code: str, assignments: tuple[str, ...], platform_code: str, dry_run: bool, as_json: bool
) -> None:
    """Show the configuration of module CODE, or set keys of it; a VALUE is JSON or else plain text."""
    values = dict(_assignment(text) for text in assignments)
    with unit_of_work(read_only=dry_run or not values) as session:
        platform = service.find_platform(session, platform_code)
        instance = (
            config_service.set_module_config(session, platform.id, code, values, origin=ORIGIN)
            if values and not dry_run
            else config_service.preview_config(session, platform.id, code, values)
        )
    shown = config_forms.redact(type(instance), config_forms.plain_values(instance))
    if as_json:
        click.echo(json.dumps(shown))
        return
    for key, value in shown.items():
        click.echo(f"{key} = {json.dumps(value)}")


def _assignment(text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"{text!r} must read KEY=VALUE")
    try:
        return key, json.loads(value)
    except json.JSONDecodeError:
        return key, value


@modules_group.command("check")
@json_option
def check(as_json: bool) -> None:
    """Check every module against the rules; exits with 1 when one is broken."""
    faults = check_modules(current_app)
    if as_json:
        click.echo(json.dumps([{"module": fault.module_code, "fault": fault.sentence} for fault in faults]))
    else:
        for fault in faults:
            click.echo(f"{fault.module_code}: {fault.sentence}", err=True)
    if faults:
        raise SystemExit(1)
    if not as_json:
        click.echo(f"{len(current_manager().registry)} modules keep the rules.")


@modules_group.command("new")
@click.argument("code")
@click.option("--name", help="Display name; from the code if left out.")
@click.option("--requires", multiple=True, metavar="CODE", help="A module it requires; may be repeated.")
@json_option
def new(code: str, name: str | None, requires: tuple[str, ...], as_json: bool) -> None:
    """Write a complete small module CODE into modules/: list, form, permissions, migration, tests, translations."""
    manager = current_manager()
    for required in requires:
        manager.registry[required]
    folder = write_module(code, name=name or code.replace("-", " ").capitalize(), requires=requires)
    if as_json:
        files = sorted(str(file) for file in folder.rglob("*") if file.is_file())
        click.echo(json.dumps({"code": code, "folder": str(folder), "files": files}))
        return
    click.echo(f"Wrote {folder}. Next: wizamart db upgrade {code}, switch it on, restart a running portal.")
