"""What the JSON API gives, made of what the other services return."""

from collections.abc import Iterable, Sequence

from pydantic import BaseModel
from sqlalchemy.orm import Session

from modules.core.schemas import api as schemas
from modules.core.services import platform_service
from modules.core.services.overview_service import ModuleCard
from wizamart.audit import AuditEntry
from wizamart.module_system import config_forms
from wizamart.module_system.plan import Plan
from wizamart.queue.models import Task


def list_platforms(
    session: Session, *, user_id: int, is_super_admin: bool, after_id: int, limit: int
) -> schemas.PlatformList:
    """Return a page of the platforms that a person may enter, the oldest first."""
    found = platform_service.list_enterable_after(
        session, user_id=user_id, is_super_admin=is_super_admin, after_id=after_id, limit=limit + 1
    )
    rows = [
        schemas.PlatformOut(code=row.code, name=row.name, url=f"/platforms/{row.code}/api/v1")
        for row in found[:limit]
    ]
    return schemas.PlatformList(platforms=rows, next=found[limit - 1].id if len(found) > limit else None)


def build_module_list(cards: Iterable[ModuleCard], *, revision: int) -> schemas.ModuleList:
    """Return all modules and the revision they stand at."""
    return schemas.ModuleList(revision=revision, modules=[build_module(card) for card in cards])


def build_module(card: ModuleCard) -> schemas.ModuleOut:
    """Return one module."""
    return schemas.ModuleOut(
        code=card.code,
        name=card.name,
        version=card.version,
        tier=card.tier.value,
        is_on=card.is_on,
        is_wanted=card.is_wanted,
        problem=card.problem,
        requires=[one.code for one in card.requires],
        dependents=[one.code for one in card.dependents],
        changed_at=card.changed_at,
        changed_by=card.changed_by,
    )


def build_plan(plan: Plan) -> schemas.PlanOut:
    """Return a plan, and what it was called once it was carried out."""
    return schemas.PlanOut(**plan.as_dict(), operation_id=plan.operation_id)


def build_configuration(
    code: str, config: BaseModel, faults: Iterable[config_forms.Fault], *, version: str
) -> schemas.ConfigurationOut:
    """Return a configuration without its secrets."""
    values = config_forms.redact(type(config), config_forms.plain_values(config))
    return schemas.ConfigurationOut(
        module=code, version=version, values=values, faults={fault.path: fault.message for fault in faults}
    )


def build_history(entries: Iterable[AuditEntry], following: int | None) -> schemas.HistoryPage:
    """Return a page of changes."""
    return schemas.HistoryPage(
        entries=[schemas.HistoryEntry.model_validate(entry, from_attributes=True) for entry in entries],
        next=following,
    )


def build_job(task: Task) -> schemas.JobOut:
    """Return a task; what it works on is nobody's business here."""
    return schemas.JobOut.model_validate(task, from_attributes=True)


def build_jobs(tasks: Sequence[Task], *, limit: int) -> schemas.JobList:
    """Return a page of tasks, of one more than a page holds."""
    following = tasks[limit - 1].id if len(tasks) > limit else None
    return schemas.JobList(jobs=[build_job(task) for task in tasks[:limit]], next=following)
