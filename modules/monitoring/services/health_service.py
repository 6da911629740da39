"""The history of health: samples, their retention, and what they say of a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from modules.monitoring.models.health_sample import HealthSample
from wizamart.observability import HealthReport, HealthStatus

INTERVAL: Final = timedelta(minutes=5)
KEPT: Final = timedelta(days=30)
SHOWN: Final = timedelta(hours=24)
SLOTS: Final = 48
_GRAVITY: Final = {HealthStatus.HEALTHY: 1, HealthStatus.DEGRADED: 2, HealthStatus.UNHEALTHY: 3}


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of a day: its worst status, or none where nobody took a sample."""

    begins_at: datetime
    status: str | None


@dataclass(frozen=True, slots=True)
class CheckHistory:
    """One check over a day; `healthy_share` counts samples, and is None where there is none."""

    name: str
    slots: tuple[Slot, ...]
    healthy_share: float | None


def step_of(at: datetime) -> datetime:
    """Return the step of the clock that a moment lies in."""
    return datetime.fromtimestamp(at.timestamp() // INTERVAL.total_seconds() * INTERVAL.total_seconds(), UTC)


def record_sample(session: Session, report: HealthReport, *, at: datetime) -> bool:
    """Store a report, unless this step has one already; tell whether it was stored.

    Every platform where monitoring is on asks for samples, and the first is enough for all.
    """
    taken_at = step_of(at)
    if session.scalar(sa.select(HealthSample.id).where(HealthSample.taken_at == taken_at)) is not None:
        return False
    checks = [
        {
            "name": check.name,
            "status": check.status.value,
            "message": check.message[:500],
            "milliseconds": check.milliseconds,
        }
        for check in report.checks
    ]
    try:
        with session.begin_nested():
            session.add(HealthSample(taken_at=taken_at, status=report.status.value, checks=checks))
    except IntegrityError:  # another platform's task was faster
        return False
    return True


def delete_old_samples(session: Session, *, before: datetime) -> int:
    """Delete the samples taken before then; return how many."""
    statement = sa.delete(HealthSample).where(HealthSample.taken_at < before).returning(HealthSample.id)
    return len(session.scalars(statement.execution_options(synchronize_session=False)).all())


def list_samples(session: Session, *, since: datetime) -> Sequence[HealthSample]:
    """Return the samples since then, oldest first; a day has at most 288."""
    statement = sa.select(HealthSample).where(HealthSample.taken_at >= since).order_by(HealthSample.taken_at)
    return session.scalars(statement.limit(SHOWN // INTERVAL + 1)).all()


def select_troubled() -> sa.Select[Any]:
    """Return the statement of the samples in which not all was well, the newest first."""
    troubled = HealthSample.status != HealthStatus.HEALTHY
    return sa.select(HealthSample).where(troubled).order_by(HealthSample.taken_at.desc())


def build_history(samples: Sequence[HealthSample], *, until: datetime) -> list[CheckHistory]:
    """Return the last day of every check, the one with the most trouble first."""
    begins = until - SHOWN
    width = SHOWN / SLOTS
    seen: dict[str, list[tuple[int, str]]] = {}
    for sample in samples:
        number = int((sample.taken_at - begins) / width)
        if 0 <= number < SLOTS:
            for check in sample.checks:
                seen.setdefault(check["name"], []).append((number, check["status"]))
    histories = [
        CheckHistory(
            name=name,
            slots=tuple(Slot(begins + number * width, status) for number, status in enumerate(_worst(found))),
            healthy_share=sum(status == HealthStatus.HEALTHY for _number, status in found) / len(found),
        )
        for name, found in seen.items()
    ]
    return sorted(histories, key=lambda history: (history.healthy_share or 0, history.name))


def troubles_of(sample: HealthSample) -> list[Mapping[str, Any]]:
    """Return the checks of a sample that were not healthy."""
    return [check for check in sample.checks if check["status"] != HealthStatus.HEALTHY]


def _worst(found: Sequence[tuple[int, str]]) -> list[str | None]:
    slots: list[str | None] = [None] * SLOTS
    for number, status in found:
        before = slots[number]
        if before is None or _GRAVITY[HealthStatus(status)] > _GRAVITY[HealthStatus(before)]:
            slots[number] = status
    return slots
