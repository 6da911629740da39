"""Log records of this process: the newest, and of the requests among them the slow ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from wizamart import clock
from wizamart.logging import LEVELS, recent_records

SHOWN: Final = 200
_HEAD: Final = frozenset({"timestamp", "level", "event", "logger", "module", "platform", "request_id"})


@dataclass(frozen=True, slots=True)
class LogLine:
    """One record: what every record has, and the rest as pairs."""

    at: datetime
    level: str
    event: str
    logger: str
    module: str
    platform: str
    request_id: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SlowRequest:
    """One request that took long; the route is the rule and not the path, which may carry secrets."""

    at: datetime
    method: str
    route: str
    status: int
    milliseconds: float
    module: str
    platform: str
    request_id: str


def list_lines(*, request_id: str = "", module: str = "", level: str = "") -> list[LogLine]:
    """Return the newest records that match, newest first; an unknown level matches all."""
    records = recent_records(
        request_id=request_id or None,
        module=module or None,
        level=level if level in LEVELS else None,
        limit=SHOWN,
    )
    return [_line(record) for record in records]


def list_slow_requests(*, milliseconds: int, limit: int = SHOWN) -> list[SlowRequest]:
    """Return the slowest of the kept requests that took at least so long, slowest first."""
    found = [
        _slow(record)
        for record in recent_records(limit=10_000)
        if record.get("event") == "request" and float(record.get("milliseconds") or 0) >= milliseconds
    ]
    return sorted(found, key=lambda request: -request.milliseconds)[:limit]


def _line(record: Mapping[str, Any]) -> LogLine:
    texts = {name: str(record.get(name) or "") for name in _HEAD - {"timestamp"}}
    details = {name: value for name, value in record.items() if name not in _HEAD and value is not None}
    return LogLine(at=clock.parse(str(record["timestamp"])), details=details, **texts)


def _slow(record: Mapping[str, Any]) -> SlowRequest:
    return SlowRequest(
        at=clock.parse(str(record["timestamp"])),
        method=str(record.get("method") or ""),
        route=str(record.get("route") or ""),
        status=int(record.get("status") or 0),
        milliseconds=float(record["milliseconds"]),
        module=str(record.get("module") or ""),
        platform=str(record.get("platform") or ""),
        request_id=str(record.get("request_id") or ""),
    )
