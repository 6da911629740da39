"""Workers: who holds which task and which lease, and which workers have signed on to Redis."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wizamart.queue import Lease, Task, TaskStatus

SHOWN: Final = 200
REDIS_PATIENCE: Final = 2.0


@dataclass(slots=True)
class Holder:
    """A process that holds leases; known by what it holds, so one that is idle is not here."""

    host: str
    process: str
    leases: list[Lease] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RedisWorker:
    """A worker of RQ as it has signed on."""

    name: str
    state: str
    last_heartbeat: datetime | None


@dataclass(frozen=True, slots=True)
class RedisReport:
    """The workers of RQ, or why they cannot be listed."""

    workers: Sequence[RedisWorker] = ()
    error: str = ""


def list_holders(session: Session) -> list[Holder]:
    """Return who holds something now, by host and process."""
    holders: dict[tuple[str, str], Holder] = {}
    for lease in session.scalars(sa.select(Lease).order_by(Lease.name).limit(SHOWN)):
        _holder(holders, lease.owner).leases.append(lease)
    running = sa.select(Task).where(Task.status == TaskStatus.RUNNING).order_by(Task.id).limit(SHOWN)
    for task in session.scalars(running):
        _holder(holders, task.leased_by or "").tasks.append(task)
    return [holders[key] for key in sorted(holders)]


def _holder(holders: dict[tuple[str, str], Holder], owner: str) -> Holder:
    """Return the process that an owner's name is of: host, process id, and a part that never repeats."""
    host, _, rest = owner.partition(":")
    process = rest.partition(":")[0]
    return holders.setdefault((host, process), Holder(host, process))


def list_redis_workers(redis_url: str) -> RedisReport:
    """Return the workers that have signed on to Redis; one that does not answer in time is no error of the page."""
    # Only what runs with Redis carries its client.
    from redis import Redis
    from redis.exceptions import RedisError
    from rq import Worker

    redis = Redis.from_url(redis_url, socket_connect_timeout=REDIS_PATIENCE, socket_timeout=REDIS_PATIENCE)
    try:
        found = [
            RedisWorker(
                name=worker.name,
                state=str(worker.get_state()),
                last_heartbeat=_aware(worker.last_heartbeat),
            )
            for worker in Worker.all(connection=redis)[:SHOWN]
        ]
    except (RedisError, OSError) as error:
        return RedisReport(error=type(error).__name__)
    finally:
        redis.close()
    return RedisReport(sorted(found, key=lambda worker: worker.name))


def _aware(moment: datetime | None) -> datetime | None:
    """RQ keeps UTC, in some of its releases without saying so."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
