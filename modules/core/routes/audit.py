"""The audit trail: who changed platforms, vendors, people, roles, settings and whatever else is written down."""

from typing import Any

from flask import render_template, request, url_for

from modules.core.routes.blueprints import admin as bp
from modules.core.services import audit_service, history_service
from wizamart.audit import AuditEntry
from wizamart.database import db
from wizamart.i18n import gettext as _
from wizamart.module_system.manager import current_manager
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.web.exports import export_table
from wizamart.web.portal import get_state, wants_all_platforms
from wizamart.web.tables import Column, Filter, Table


@bp.get("/audit")
@requires("core:audit:read")
def audit_list() -> str:
    """Show the trail of this platform; to super admins that of the installation, if they ask for it."""
    session = db.session()
    table = Table.from_select(session, _entries(), **_options(), count_up_to=audit_service.COUNT_UP_TO)
    entries = [row[0] for row in table.rows]
    return render_template(
        "core/admin/audit_list.html",
        table=table,
        wants_all=wants_all_platforms(),
        target=request.args.get("target", ""),
        labels=current_manager().registry.audit_actions,
        targets=audit_service.name_targets(session, get_state(), entries),
        name_of=_who,
        changes=history_service.list_changes,
        name_origin=history_service.name_origin,
        export_url=f"{url_for('core_admin.audit_export')}?{request.query_string.decode()}",
    )


@bp.get("/audit/export")
@requires("core:audit:read")
def audit_export() -> Any:
    """Return the trail as a spreadsheet."""
    changes = Column("changes", _("What was changed"), value=lambda row: _in_words(row[0]))
    return export_table(db.session(), _entries(), name="audit", more_columns=[changes], **_options())


def _who(name: str | None, behind: str | None) -> str:
    who = name or _("The system")
    return _("%(name)s, by %(impersonator)s", name=who, impersonator=behind) if behind else who


def _in_words(entry: AuditEntry) -> str:
    changed = [
        f"{name}: {before if before is not None else '–'} → {after if after is not None else '–'}"
        for name, before, after in history_service.list_changes(entry)
    ]
    return "; ".join([*changed, entry.note or ""] if entry.note else changed)


def _entries() -> Any:
    platform_id = None if wants_all_platforms() else current_platform.id
    return audit_service.select_entries(platform_id=platform_id, target=request.args.get("target", ""))


def _options() -> dict[str, Any]:
    registry = current_manager().registry
    areas = [(code, module.name) for code, module in registry.items() if module.audit_actions]
    columns = [
        Column("at", _("When"), sort=AuditEntry.id, value=lambda row: row[0].occurred_at),
        Column(
            "action",
            _("What"),
            value=lambda row: str(registry.audit_actions.get(row[0].action, row[0].action)),
        ),
        Column("target", _("On what"), value=lambda row: row[0].target),
        Column("actor", _("Who"), value=lambda row: _who(*row[1:3])),
    ]
    if wants_all_platforms():
        columns.insert(1, Column("platform", _("Platform"), value=lambda row: row[3] or ""))
    return {
        "columns": columns,
        "search": lambda text: audit_service.find_text(registry, text),
        "filters": [
            Filter(
                "area", _("Any area"), lambda code: audit_service.of_module(registry, code), choices=areas
            ),
            Filter("day", _("Day"), AuditEntry.occurred_at, kind="date_range"),
        ],
        "default_sort": "-at",
        "carry": ("scope", "target"),
    }
