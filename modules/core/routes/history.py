"""What was changed, by whom, and undo where nothing newer stands in the way."""

from collections.abc import Mapping
from typing import Any

from flask import render_template, request, url_for

from modules.core.routes.blueprints import admin as bp
from modules.core.services import history_service
from wizamart.audit import AuditEntry
from wizamart.auth.models import User
from wizamart.database import db
from wizamart.i18n import gettext as _
from wizamart.module_system.manager import current_manager
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.web.exports import export_table
from wizamart.web.tables import Column, Filter, Table


def _labels() -> Mapping[str, Any]:
    return current_manager().registry.audit_actions


def _name_target(entry: AuditEntry) -> str:
    """Return what was changed by its name, or as it is known where the module is gone."""
    code = entry.target.partition(":")[2]
    registry = current_manager().registry
    return str(registry[code].name) if code in registry else code


def _entries() -> Any:
    query = history_service.select_entries(current_platform.id)
    operation = request.args.get("operation")
    return query.where(AuditEntry.operation_id == operation) if operation else query


def _columns() -> list[Column]:
    return [
        Column("at", _("When"), sort=AuditEntry.id, value=lambda row: row[0].occurred_at),
        Column("action", _("What"), value=lambda row: str(_labels()[row[0].action])),
        Column("target", _("On what"), value=lambda row: _name_target(row[0])),
        Column("actor", _("Who"), value=lambda row: row[1] or _("The system")),
        Column("cause", _("Why"), value=lambda row: history_service.name_cause(row[0])),
    ]


def _options(actors: list[tuple[int, str]]) -> dict[str, Any]:
    modules = [(f"module:{code}", str(module.name)) for code, module in current_manager().registry.items()]
    return {
        "columns": _columns(),
        "search": [AuditEntry.target, AuditEntry.action, User.display_name],
        "filters": [
            Filter(
                "action",
                _("Any change"),
                AuditEntry.action,
                choices=[(action, _labels()[action]) for action in history_service.ACTIONS],
            ),
            Filter("module", _("Any module"), AuditEntry.target, choices=modules),
            Filter("actor", _("Anybody"), AuditEntry.actor_id, choices=actors),
            Filter("day", _("Day"), AuditEntry.occurred_at, kind="date_range"),
        ],
        "default_sort": "-at",
        "carry": ("operation",),
    }


@bp.get("/modules/history")
@requires("core:audit:read")
def history_list() -> str:
    """Show the changes, those of one operation together."""
    session = db.session()
    actors = history_service.list_actors(session, current_platform.id)
    query = _entries()
    table = Table.from_select(session, query, **_options(actors))
    operations = {entry.operation_id for entry, _who in table.rows}
    return render_template(
        "core/admin/history_list.html",
        table=table,
        undoable=history_service.find_undoable(session, current_platform.id, operations),
        labels=_labels(),
        changes=history_service.list_changes,
        name_origin=history_service.name_origin,
        name_cause=history_service.name_cause,
        name_target=_name_target,
        export_url=f"{url_for('core_admin.history_export')}?{request.query_string.decode()}",
    )


@bp.get("/modules/history/export")
@requires("core:audit:read")
def history_export() -> Any:
    """Return the changes as a spreadsheet."""
    session = db.session()
    actors = history_service.list_actors(session, current_platform.id)
    query = _entries()
    return export_table(session, query, name="history", **_options(actors))
