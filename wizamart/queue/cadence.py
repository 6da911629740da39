"""How often: an interval or a time of day, and the latest moment it was due."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

Cadence = Callable[[datetime], datetime]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PATTERN: Final = re.compile(
    r"(?:hourly at :(?P<past>[0-5]\d)|daily at (?P<daily>\S+)|weekly on (?P<day>[a-z]+) at (?P<weekly>\S+))"
)
CLOCK: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


class CadenceError(ValueError):
    """The words do not say how often."""


def parse_cadence(every: timedelta | str) -> Cadence:
    """Return a function from a moment to the latest occurrence at or before it, in UTC.

    :raises CadenceError: when the words are none of the known forms, or the interval is not positive.
    """
    if isinstance(every, timedelta):
        return _steps(every, timedelta(0))
    match = PATTERN.fullmatch(every)
    if match is None:
        raise CadenceError(every)
    if match["past"]:
        return _steps(timedelta(hours=1), timedelta(minutes=int(match["past"])))
    if match["daily"]:
        return _steps(timedelta(days=1), _time_of_day(match["daily"]))
    if match["day"] not in WEEKDAYS:
        raise CadenceError(every)
    # The epoch was a Thursday, so Monday came four days later.
    days = (WEEKDAYS.index(match["day"]) + 4) % 7
    return _steps(timedelta(days=7), timedelta(days=days) + _time_of_day(match["weekly"]))


def _time_of_day(text: str) -> timedelta:
    match = CLOCK.fullmatch(text)
    if match is None:
        raise CadenceError(text)
    return timedelta(hours=int(match[1]), minutes=int(match[2]))


def _steps(interval: timedelta, offset: timedelta) -> Cadence:
    if interval < timedelta(seconds=1):
        raise CadenceError(str(interval))

    def latest(moment: datetime) -> datetime:
        since = moment - EPOCH - offset
        return EPOCH + offset + (since // interval) * interval

    return latest
