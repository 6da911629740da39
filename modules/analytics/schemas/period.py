"""Periods of reports: whole days, both ends included."""

import enum
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final, NamedTuple

from wizamart.i18n import LazyText, lazy_gettext as _

ONE_DAY: Final = timedelta(days=1)
LONGEST: Final = timedelta(days=5 * 366)
MONTHS_BEYOND: Final = 92


class Preset(enum.StrEnum):
    """The periods that people ask for most."""

    WEEK = "7"
    MONTH = "30"
    QUARTER = "90"
    YEAR = "year"
    CUSTOM = "custom"


PRESET_LABELS: Final[Mapping[Preset, LazyText]] = {
    Preset.WEEK: _("7 days"),
    Preset.MONTH: _("30 days"),
    Preset.QUARTER: _("90 days"),
    Preset.YEAR: _("This year"),
    Preset.CUSTOM: _("Custom"),
}


class Period(NamedTuple):
    """From the first day to the last."""

    start: date
    end: date

    @property
    def length(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days + 1

    @property
    def is_long(self) -> bool:
        """Whether it is shown by months, since so many days could not be told apart."""
        return self.length > MONTHS_BEYOND

    def days(self) -> Iterator[date]:
        """Yield each day, oldest first."""
        return (self.start + timedelta(days=number) for number in range(self.length))

    def previous(self) -> "Period":
        """Return the period of the same length just before."""
        return Period(self.start - timedelta(days=self.length), self.start - ONE_DAY)


class Choice(NamedTuple):
    """What somebody asked for: a preset, the period it means today, and what was wrong with days of their own."""

    preset: Preset
    period: Period
    compared: Period
    error: LazyText | None = None


def choose(arguments: Mapping[str, str], *, today: date) -> Choice:
    """Read a period from a query string; what makes no sense is the last 30 days."""
    try:
        preset = Preset(arguments.get("period", Preset.MONTH))
    except ValueError:
        preset = Preset.MONTH
    if preset is Preset.CUSTOM:
        return _custom(arguments.get("from", ""), arguments.get("until", ""), today=today)
    if preset is Preset.YEAR:
        period = Period(date(today.year, 1, 1), today)
        return Choice(preset, period, Period(_year_before(period.start), _year_before(period.end)))
    period = Period(today - timedelta(days=int(preset) - 1), today)
    return Choice(preset, period, period.previous())


def _custom(start_text: str, end_text: str, *, today: date) -> Choice:
    default = Period(today - timedelta(days=29), today)
    error = None
    try:
        period = Period(date.fromisoformat(start_text), date.fromisoformat(end_text))
    except ValueError:
        period, error = default, _("Give both days.")
    else:
        if period.end < period.start:
            period, error = default, _("The last day must not come before the first.")
        elif period.end - period.start > LONGEST or period.start.year < 2000:  # noqa: PLR2004 - nobody sold here then
            period, error = default, _("Choose five years at most, after 2000.")
        elif period.end > today + timedelta(days=366):
            period, error = default, _("These days are too far ahead.")
    return Choice(Preset.CUSTOM, period, period.previous(), error)


def _year_before(day: date) -> date:
    """Return the same day a year before; of a 29 February, the 28th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)
