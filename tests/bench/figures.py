"""The figures: each returns its lines of the table."""

import gc
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app, g, render_template

from modules.core.routes.cards import render_picture
from modules.core.services import overview_service
from tests.bench.measure import Caller, Pair, Row, as_time, compare, row_of
from tests.bench.plain import make_flask, make_portal, read_platform
from tests.bench.world import PLATFORM, ROUTES_EACH, Databases, add_platforms, make_app, part_of
from wizamart import database
from wizamart.app import Wizamart, _find_platforms, create_app
from wizamart.config import ROOT
from wizamart.database import db, unit_of_work
from wizamart.module_system import service
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.manager import EXTENSION, ModuleManager
from wizamart.module_system.menus import PersonalMenu
from wizamart.module_system.models import PlatformModule
from wizamart.module_system.registry import Registry
from wizamart.module_system.state import ModuleState, build_state
from wizamart.permissions import public
from wizamart.web import templating

ADMIN = f"/platforms/{PLATFORM}/admin"
RULES = 600
TOGGLES = 8
PAGE = """<!doctype html><title>{{ title }}</title><table>
{% for row in rows %}<tr><td><a href="{{ url_for('page', of=row.module_code) }}">{{ row.module_code }}</a></td>
<td>{{ 'on' if row.is_enabled else 'off' }}</td><td>{{ loop.index }}</td></tr>{% endfor %}
</table>"""
ON = (
    "inventory",
    "orders",
    "payments",
    "billing",
    "marketplace",
    "analytics",
    "messaging",
    "monitoring",
    "dev-tools",
)


class Mounted(Wizamart):
    """Wizamart's mounting and nothing else of it: platform, state and URL map, then Flask as it is."""

    dispatch_request = Flask.dispatch_request


def price_of_mounting(databases: Databases, registry: Registry) -> Iterator[Row]:
    """Same view, template and query with the same number of rules, mounted and not."""
    settings = databases.new()
    only = part_of(registry, synthetic=RULES // ROUTES_EACH, real=False)
    mounted = Mounted("mounted", root_path=str(ROOT), static_folder=None, template_folder=None)
    mounted.config["SECRET_KEY"] = settings.secret_key.get_secret_value()
    mounted.extensions["modules/history"] = settings
    database.init_app(mounted, database_url=settings.database_url)
    mounted.modules = mounted.extensions[EXTENSION] = ModuleManager(mounted, only)
    _find_platforms(mounted, settings)
    full, _who = make_app(settings, part_of(registry, synthetic=0), on=("inventory", "orders"))
    with full.app_context(), unit_of_work() as session:
        platform_id = service.find_platform(session, PLATFORM).id
        session.execute(
            sa.insert(PlatformModule),
            [
                {"platform_id": platform_id, "module_code": code, "is_enabled": True, "config": {}}
                for code in only
            ],
        )
    plain = make_flask(settings)
    plain.after_request_funcs.clear()
    plain.before_request(lambda: setattr(g, "platform", read_platform(PLATFORM)))
    for rule in list(mounted.url_map.iter_rules()):
        plain.add_url_rule(
            rule.rule, rule.endpoint, mounted.view_functions[rule.endpoint], methods=rule.methods
        )
    for app in (mounted, plain, full):
        _add_page(app, platform_id)
    count = sum(1 for _ in mounted.url_map.iter_rules())
    bare = Caller(plain, "/page")
    pair = compare(Caller(mounted, f"/platforms/{PLATFORM}/page"), bare, pairs=900, warm_up=20)
    yield row_of(f"Mounting: a page with 20 rows, {count} rules", pair, at_most=1.05)
    pair = compare(Caller(full, f"/platforms/{PLATFORM}/page"), bare, pairs=100, warm_up=10)
    yield Row(
        "The same page through the whole framework",
        as_time(pair.ours),
        as_time(pair.plain),
        pair.ratio,
        "",
        None,
    )


def _add_page(app: Flask, platform_id: int) -> None:
    query = (
        sa.select(PlatformModule.module_code, PlatformModule.is_enabled)
        .where(PlatformModule.platform_id == platform_id)
        .order_by(PlatformModule.id.desc())
        .limit(20)
    )
    template = app.jinja_env.from_string(PAGE)

    @public
    def page() -> str:
        return render_template(template, title="Rows", rows=db.session.execute(query).all())

    app.add_url_rule("/page", "page", page)


def first_request_after_toggle(databases: Databases, registry: Registry) -> Iterator[Row]:
    """What the first request pays after each of some toggles that lead to sets never seen before."""
    real = part_of(registry, synthetic=0)
    routes = sum(1 for _ in create_app(databases.new(), registry=real).url_map.iter_rules())
    chosen = part_of(registry, synthetic=max(2 * TOGGLES, (RULES - routes) // ROUTES_EACH + 1))
    added = [code for code in chosen if code not in real]
    app, who = make_app(databases.new(), chosen, on=(*ON, *added))
    rules = sum(1 for _ in app.url_map.iter_rules())
    for name, path in (
        ("an ordinary page", "modules/history"),
        ("the modules page, all cards anew", "modules"),
    ):
        ask = Caller(app, f"{ADMIN}/{path}", **who)
        for _ in range(10):
            ask()
        extra, usual = [], []
        for code in added[:TOGGLES]:
            with app.app_context(), unit_of_work() as session:
                platform = service.find_platform(session, PLATFORM)
                is_on = service.is_module_enabled(session, platform.id, code)
                (service.disable_module if is_on else service.enable_module)(session, platform.id, code)
            first = _time(ask)
            after = statistics.median(_time(ask) for _ in range(5))
            extra.append(first - after)
            usual.append(after)
        more = statistics.median(extra)
        is_judged = path == "modules/history"
        yield Row(
            f"First request after a toggle, {rules} rules: {name}",
            f"+{as_time(more)}",
            as_time(statistics.median(usual)),
            None,
            "≤ +20 ms" if is_judged else "",
            more <= 0.020 if is_judged else None,
        )
        added = added[TOGGLES:]


def _time(call: Callable[[], object]) -> float:
    began = time.process_time()
    call()
    return time.process_time() - began


def portal(databases: Databases, registry: Registry) -> Iterator[Row]:
    """The modules page and a toggle, through Wizamart and through plain Flask with the same templates."""
    settings = databases.new()
    app, who = make_app(settings, part_of(registry, synthetic=0), on=ON)
    menu, cards, picture = _look_of(app)
    plain = make_portal(settings, app, platform=PLATFORM, menu=menu, cards=cards, picture=picture)
    ours, bare = Caller(app, f"{ADMIN}/modules", **who), Caller(plain, "/admin/modules", **who)
    sizes = len(ours()), len(bare())
    pair = compare(ours, bare, pairs=60, warm_up=5)
    speed = pair.plain / pair.ours
    yield Row(
        f"Requests a second of the modules page ({sizes[0] // 1024} KB; plain {sizes[1] // 1024} KB)",
        f"{1 / pair.ours:.0f}/s",
        f"{1 / pair.plain:.0f}/s",
        speed,
        "≥ 0.6",
        speed >= 0.6,
    )
    for name, more, expect in (("htmx", {"HX-Request": "true"}, 200), ("form", {}, 303)):
        headers = who["headers"] | more
        pair = compare(
            _switch(app, f"{ADMIN}/modules/analytics/activation", headers, expect),
            _switch(plain, "/admin/modules/analytics/activation", headers, expect),
            pairs=40,
            warm_up=4,
            clock=time.perf_counter,
        )
        yield row_of(f"A toggle from click to answer, {name}", pair, at_most=2)


def _look_of(app: Wizamart) -> tuple[Any, Any, str]:
    """Return what the modules page shows: menu, cards and picture, as plain Flask would have them at hand."""
    seen: dict[str, Any] = {}

    def look() -> str:
        state = templating.current_state()
        seen["menu"] = templating._build_menu(state, FrontendType.ADMIN, state.permissions, PersonalMenu())
        seen["cards"] = overview_service.build_cards(
            current_app.modules.registry,
            state,
            overview_service.read_rows(db.session(), state.platform_id),
            may_update=True,
            may_update_internal=True,
            health={},
        )
        seen["picture"] = str(render_picture(state))
        return "seen"

    app.add_url_rule("/look", "look", public(look))
    Caller(app, f"/platforms/{PLATFORM}/look")()
    return seen["menu"], seen["cards"], seen["picture"]


def _switch(app: Any, path: str, headers: dict[str, str], expect: int) -> Callable[[], object]:
    """Return a call that switches a module off, and on the next time."""
    off = Caller(app, path, method="POST", data={"_method": "delete"}, headers=headers, expect=expect)
    on = Caller(app, path, method="POST", data={"x": "1"}, headers=headers, expect=expect)
    turns = [on, off]

    def switch() -> object:
        turns.reverse()
        return turns[0]()

    return switch


def growth(databases: Databases, registry: Registry) -> Iterator[Row]:
    """The same pages with ten platforms and ten thousand, with 13 modules and 200."""
    real = part_of(registry, synthetic=0)
    few, who_few = make_app(databases.new(), real, on=ON)
    many, who_many = make_app(databases.new(), real, on=ON)
    add_platforms(few, 9)
    add_platforms(many, 9_999)
    pair = compare(
        _round(many, who_many, range(9_000, 9_009)), _round(few, who_few, range(9)), pairs=15, warm_up=2
    )
    yield row_of("A page of each of nine platforms, of 10,000 platforms and of 10", pair, at_most=1.1)
    yield from _memory(many, who_many)
    wide, who_wide = make_app(databases.new(), part_of(registry, synthetic=187), on=ON)
    pair = compare(
        Caller(wide, f"{ADMIN}/modules/history", **who_wide),
        Caller(few, f"{ADMIN}/modules/history", **who_few),
        pairs=60,
        warm_up=5,
    )
    yield row_of("A page with 200 modules installed and with 13", pair, at_most=1.1)


def _round(app: Wizamart, who: dict[str, Any], numbers: range) -> Callable[[], object]:
    calls = [Caller(app, f"/platforms/shop-{number}/admin/modules/history", **who) for number in numbers]
    return lambda: [call() for call in calls]


def _memory(app: Wizamart, who: dict[str, Any]) -> Iterator[Row]:
    """Visit the modules pages of more platforms than are kept, and of twice as many."""
    kept = app.modules.states._maximum
    sizes = []
    for numbers in (range(kept + 50), range(kept + 50, 2 * kept + 100)):
        for number in numbers:
            Caller(app, f"/platforms/shop-{number}/admin/modules/history", **who)()
        gc.collect()
        sizes.append(resident())
    grown = (sizes[1] - sizes[0]) / 2**20
    yield Row(
        f"Memory for {kept + 50} more platforms once {kept} are kept",
        f"{grown:+.1f} MiB",
        "",
        None,
        "≤ +3 MiB",
        grown <= 3 and len(app.modules.states) <= kept,
    )


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def asking(databases: Databases, registry: Registry) -> Iterator[Row]:
    """Asking whether a module is on, with 13 modules and with 500 known to the platform."""
    app, _who = make_app(databases.new(), part_of(registry, synthetic=0), on=ON)
    with app.app_context(), unit_of_work(read_only=True) as session:
        platform_id = service.find_platform(session, PLATFORM).id
        few = app.modules.state_of(session, platform_id)
        many = build_state(
            _wide(registry), platform_id, 1, rows=[(f"wide-{n}", True, {}) for n in range(500)]
        )
        for name, state, code in (("13", few, "orders"), ("500", many, "wide-499")):
            session.info["module_state"] = state
            pair = Pair(
                _each(lambda code=code: service.is_module_enabled(session, platform_id, code)),
                _each(lambda code=code, on=state.effective: code in on),
            )
            yield Row(
                f"is_module_enabled, {name} modules (plain: a set look-up)",
                as_time(pair.ours),
                as_time(pair.plain),
                pair.ratio,
                "≤ 0.5 µs",
                pair.ours <= 0.5e-6,
            )
        yield _plain_method(many)
        session.info.pop("module_state")


def _plain_method(state: ModuleState) -> Row:
    pair = Pair(
        _each(lambda: state.is_enabled("wide-499")), _each(lambda on=state.effective: "wide-499" in on)
    )
    return Row(
        "state.is_enabled, 500 modules",
        as_time(pair.ours),
        as_time(pair.plain),
        pair.ratio,
        "≤ 0.5 µs",
        pair.ours <= 0.5e-6,
    )


def _wide(registry: Registry) -> Registry:
    pattern = next(module for code, module in registry.items() if code.startswith("synthetic"))
    return Registry([replace(pattern, code=f"wide-{n}", permissions=(), menu_items={}) for n in range(500)])


def _each(call: Callable[[], object], rounds: int = 9, calls: int = 20_000) -> float:
    """Return the seconds of one call, the loop around it taken off."""

    def loop(one: Callable[[], object]) -> float:
        began = time.process_time()
        for _ in range(calls):
            one()
        return time.process_time() - began

    return statistics.median((loop(call) - loop(lambda: None)) / calls for _ in range(rounds))
