"""The pages of dev-tools."""

from typing import Any

from flask import Response, render_template, request, url_for

from modules.dev_tools.routes.samples import build_samples
from modules.dev_tools.services import (
    component_service,
    event_service,
    inspection_service,
    translation_service,
)
from wizamart.config import ROOT
from wizamart.database import db
from wizamart.i18n import gettext as _, lazy_gettext
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.manager import current_manager
from wizamart.module_system.mounting import module_blueprint
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.queue import Task, TaskStatus
from wizamart.web import icons
from wizamart.web.access import current_state
from wizamart.web.tables import Column, Filter, Table

bp = module_blueprint("dev-tools", FrontendType.ADMIN)
THEMES = ("light", "dark")
DELIVERY_COLUMNS = (
    Column("event", lazy_gettext("Event"), event_service.EVENT),
    Column("listener", lazy_gettext("Listener")),
    Column("status", lazy_gettext("Status")),
    Column("attempts", lazy_gettext("Attempts"), align="end"),
    Column("created", lazy_gettext("When"), Task.id),
)


@bp.get("/components")
@requires("dev-tools:component:read")
def component_list() -> str:
    """List the files of the component library."""
    return render_template(
        "dev_tools/admin/component_list.html", components=component_service.list_components()
    )


@bp.get("/components/<name>")
@requires("dev-tools:component:read")
def component_detail(name: str) -> str:
    """Show the macros of one file with their examples, rendered and as written."""
    theme = request.args.get("theme", "")
    return render_template(
        "dev_tools/admin/component_detail.html",
        component=component_service.get_component(name),
        names=[component.name for component in component_service.list_components()],
        example_theme=theme if theme in THEMES else "",
        sample=build_samples(),
    )


@bp.get("/components/icons")
@requires("dev-tools:component:read")
def component_icon_list() -> str:
    """Show every icon that can be used."""
    wanted = request.args.get("search", "").strip().lower()[:50]
    known = sorted(icons.available_names())
    return render_template(
        "dev_tools/admin/icon_list.html",
        names=[name for name in known if wanted in name],
        total=len(known),
        wanted=wanted,
    )


@bp.get("/components/icons.svg")
@requires("dev-tools:component:read")
def component_icon_sprite() -> Response:
    """Answer one drawing with all icons: the portal's own has only those that pages name."""
    response = Response(icons.build_sprite(icons.available_names()), mimetype="image/svg+xml")
    response.cache_control.private = True
    response.cache_control.max_age = 3600
    return response


@bp.get("/translations")
@requires("dev-tools:translation:read")
def translation_list() -> str:
    """Show how much is translated, by module and language."""
    return render_template(
        "dev_tools/admin/translation_list.html",
        rows=translation_service.list_coverage(),
        languages=translation_service.list_languages(),
    )


@bp.get("/translations/<code>/<locale>")
@requires("dev-tools:translation:read")
def translation_detail(code: str, locale: str) -> str:
    """Show what is missing or broken in one catalogue."""
    return render_template(
        "dev_tools/admin/translation_detail.html",
        code=code,
        locale=locale,
        language=dict(translation_service.list_languages()).get(locale, locale),
        findings=translation_service.list_findings(code, locale),
        root=ROOT,
    )


@bp.get("/inspector")
@requires("dev-tools:module:read")
def inspection_list() -> str:
    """List the modules to look into."""
    state = current_state()
    return render_template(
        "dev_tools/admin/inspection_list.html",
        registry=current_manager().registry,
        effective=state.effective if state is not None else frozenset(),
        routes_of=current_manager().routes_of,
    )


@bp.get("/inspector/<code>")
@requires("dev-tools:module:read")
def inspection_detail(code: str) -> str:
    """Show a module from inside."""
    found = inspection_service.inspect_module(current_manager(), code)
    return render_template("dev_tools/admin/inspection_detail.html", found=found, faults=None)


@bp.get("/inspector/<code>/faults")
@requires("dev-tools:module:read")
def inspection_faults(code: str) -> str:
    """Answer which rules a module breaks; the page loads this after itself, since it takes a moment."""
    return render_template(
        "dev_tools/admin/_faults.html",
        code=code,
        faults=inspection_service.list_faults(current_manager(), code),
    )


@bp.get("/events")
@requires("dev-tools:event:read")
def event_list() -> str:
    """List the deliveries of domain events on this platform."""
    modules = [(code, str(module.name)) for code, module in current_manager().registry.items()]
    table = Table.from_select(
        db.session(),
        event_service.select_deliveries(current_platform.id),
        columns=DELIVERY_COLUMNS,
        search=[event_service.EVENT, event_service.LISTENER],
        filters=[
            Filter("module", _("Any module"), Task.module_code, choices=modules),
            Filter(
                "status", _("Any status"), Task.status, choices=[(one.value, one.value) for one in TaskStatus]
            ),
        ],
        default_sort="-created",
        no_count=True,
    )
    return render_template("dev_tools/admin/event_list.html", table=table, tabs_here="deliveries")


@bp.get("/events/modules")
@requires("dev-tools:event:read")
def event_module_list() -> str:
    """List what happened to the modules of this platform."""
    rows = event_service.list_module_events(db.session(), platform_id=current_platform.id)
    return render_template("dev_tools/admin/module_event_list.html", rows=rows, tabs_here="modules")


@bp.get("/events/<int:task_id>")
@requires("dev-tools:event:read")
def event_detail(task_id: int) -> Any:
    """Show one delivery with its payload."""
    task = event_service.get_delivery(db.session(), task_id, platform_id=current_platform.id)
    return render_template(
        "dev_tools/admin/event_detail.html",
        task=task,
        payload=event_service.written(task.payload.get("payload", {})),
        trace=event_service.written_trace(task),
        back_url=url_for("dev_tools_admin.event_list"),
    )
