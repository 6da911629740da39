"""The one place that asks what time it is; services take the time as an argument."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the current time, aware, in UTC."""
    return datetime.now(UTC)


def parse(text: str) -> datetime:
    """Return the aware time that an ISO 8601 text names, in UTC.

    :raises ValueError: when it is none, or names no time zone.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} names no time zone")
    return moment.astimezone(UTC)
