"""What a shop's tax rates come to on a platform, which has one rate a class and day for all of its country."""

import datetime as dt
import enum
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from modules.inventory.config import HIGHEST_PERCENT, PERCENT_DECIMALS, TAX_CLASS, TaxRate
from modules.inventory.imports.woocommerce_taxes import RateRow, tax_class_of
from wizamart.countries import country_codes
from wizamart.i18n import LazyText, gettext as _, lazy_pgettext
from wizamart.imports import LineRefused

PRIORITY: Final = re.compile(r"[0-9]{1,9}")
NUMBER: Final = re.compile(r"(?P<sign>[+-]?)(?P<whole>[0-9]{1,9})(?:[.,](?P<part>[0-9]{1,20}))?\s?%?")
EXEMPT: Final = "exempt"


class Verdict(enum.StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    LEFT_OUT = "left_out"

    @property
    def label(self) -> LazyText:
        """The verdict in words."""
        return _LABELS[self]

    @property
    def tone(self) -> str:
        """The tone of its badge."""
        return {"new": "good", "changed": "note", "left_out": "warn"}.get(self.value, "")


_LABELS: Final = {
    Verdict.NEW: lazy_pgettext("tax rate", "New"),
    Verdict.CHANGED: lazy_pgettext("tax rate", "Changed"),
    Verdict.SAME: lazy_pgettext("tax rate", "Unchanged"),
    Verdict.LEFT_OUT: lazy_pgettext("tax rate", "Left out"),
}


@dataclass(slots=True)
class JudgedRow:
    """A row with its verdict; `before` is the rate that it changes, `until` the day of the next rate of the class."""

    row: RateRow
    verdict: Verdict = Verdict.LEFT_OUT
    reason: str = ""
    tax_class: str = ""
    percent: Decimal = Decimal(0)
    before: Decimal | None = None
    until: dt.date | None = None


def list_countries(rows: Iterable[RateRow]) -> list[str]:
    """Return the codes of the countries that rows name."""
    return sorted({row.country for row in rows if not row.problem} & country_codes())


def judge(
    rows: Sequence[RateRow], rates: Sequence[TaxRate], *, country: str, valid_from: dt.date
) -> list[JudgedRow]:
    """Say of every row what becomes of it, in the order of the file; `rates` are those of the platform.

    As in WooCommerce, a class has the rate of the lowest priority, of two the one that names the country, and then the
    first. What it would add to that is told and left out.
    """
    judged = [JudgedRow(row) for row in rows]
    of_class: dict[str, list[JudgedRow]] = defaultdict(list)
    for one in judged:
        try:
            one.tax_class = _class_in(one.row, country)
        except LineRefused as refusal:
            one.reason = str(refusal)
        else:
            of_class[one.tax_class].append(one)
    for group in of_class.values():
        group.sort(key=lambda one: (int(one.row.priority), not one.row.country, one.row.number))
        _take(group[0], rates, valid_from)
        for one in group[1:]:
            _leave_out(one, group[0])
    return judged


def merge(rates: Sequence[TaxRate], judged: Iterable[JudgedRow], *, valid_from: dt.date) -> list[TaxRate]:
    """Return the platform's rates with those taken; what other classes and other days have stays."""
    fresh = {
        one.tax_class: TaxRate(tax_class=one.tax_class, percent=one.percent, valid_from=valid_from)
        for one in judged
        if one.verdict in {Verdict.NEW, Verdict.CHANGED}
    }
    merged = []
    for rate in rates:
        is_replaced = rate.valid_from == valid_from and rate.tax_class in fresh
        merged.append(fresh.pop(rate.tax_class) if is_replaced else rate)
    return [*merged, *fresh.values()]


def _class_in(row: RateRow, country: str) -> str:
    """Return the class that a row gives a rate in all of the country.

    :raises LineRefused: when it does not.
    """
    if row.problem:
        raise LineRefused(row.problem)
    if row.country and row.country not in country_codes():
        raise LineRefused(_("“%(text)s” is no country.", text=row.country[:40]))
    if row.country not in {"", country}:
        raise LineRefused(_("A rate of another country."))
    if row.part:
        raise LineRefused(
            _(
                "For a part of the country only (%(places)s); here a rate holds in all of it.",
                places=row.part[:80],
            )
        )
    if not PRIORITY.fullmatch(row.priority):
        raise LineRefused(_("“%(text)s” is no priority.", text=row.priority[:40]))
    tax_class = tax_class_of(row.tax_class)
    if not re.fullmatch(TAX_CLASS, tax_class):
        raise LineRefused(
            _(
                "The class “%(name)s” cannot be kept: the code of a class begins with a letter from a to z and has up "
                "to 32 letters and digits.",
                name=row.tax_class[:80],
            )
        )
    return tax_class


def _take(one: JudgedRow, rates: Sequence[TaxRate], valid_from: dt.date) -> None:
    try:
        one.percent = _percent_of(one)
    except LineRefused as refusal:
        one.reason = str(refusal)
        return
    known = [rate for rate in rates if rate.tax_class == one.tax_class]
    begun = [rate for rate in known if rate.valid_from <= valid_from]
    one.until = min((rate.valid_from for rate in known if rate.valid_from > valid_from), default=None)
    if not begun:
        one.verdict = Verdict.NEW
        return
    before = max(begun, key=lambda rate: rate.valid_from).percent
    one.verdict = Verdict.SAME if before == one.percent else Verdict.CHANGED
    one.before = before if one.verdict is Verdict.CHANGED else None


def _percent_of(one: JudgedRow) -> Decimal:
    percent = read_percent(one.row.rate)
    if one.tax_class == EXEMPT and percent:
        raise LineRefused(_("Products of this class are exempt from VAT here, and the rate is not zero."))
    return percent


def _leave_out(one: JudgedRow, base: JudgedRow) -> None:
    number = base.row.number
    if one.row.slug != base.row.slug or int(one.row.priority) == int(base.row.priority):
        one.reason = _("Line %(number)s has a rate of this class already.", number=number)
    elif one.row.is_compound:
        one.reason = _("A tax on the tax of line %(number)s; here a product has one rate.", number=number)
    else:
        one.reason = _("A second tax beside line %(number)s; here a product has one rate.", number=number)
    if one.row.slug == base.row.slug and int(one.row.priority) > int(base.row.priority) and not base.reason:
        base.reason = _("Line %(number)s adds a second tax, which is left out.", number=one.row.number)


def read_percent(text: str) -> Decimal:
    """Return a rate in percent; WooCommerce writes four decimals, spreadsheets a comma or less of them.

    :raises LineRefused: for what is no rate that can be kept.
    """
    if not text:
        raise LineRefused(_("The line has no rate."))
    found = NUMBER.fullmatch(text)
    if found is None:
        raise LineRefused(_("“%(text)s” is no rate.", text=text[:40]))
    decimals = (found["part"] or "").rstrip("0")
    percent = Decimal(f"{found['whole']}.{decimals or '0'}")
    if found["sign"] == "-" and percent:
        raise LineRefused(_("The rate is below zero."))
    if percent > HIGHEST_PERCENT:
        raise LineRefused(_("The rate is above 100 percent."))
    if len(decimals) > PERCENT_DECIMALS:
        raise LineRefused(_("“%(text)s” has more than two decimals.", text=text[:40]))
    return percent.quantize(Decimal(1).scaleb(-PERCENT_DECIMALS))
