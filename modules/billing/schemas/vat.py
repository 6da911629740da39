"""Which VAT an invoice of the platform bears. Pure, no database.

The supplies are services to businesses: taxed where the customer is (Article 44 of Directive 2006/112/EC), by the
customer itself inside the EU (Article 196), outside the EU not at all.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple, Protocol

from pydantic import Field

from wizamart.i18n import gettext_noop as _
from wizamart.money import Money
from wizamart.schema import Schema

_PREFIXES: Final = {"GR": "EL"}
REVERSE_CHARGE_NOTE: Final = _(
    "Reverse charge: VAT is to be accounted for by the customer (Article 196, Directive 2006/112/EC)."
)
OUTSIDE_NOTE: Final = _("Not subject to VAT: the place of supply is outside the European Union.")


class VatRate(Schema):
    """A rate in force from a day on."""

    country: str = Field("LU", title=_("Country"), pattern=r"^[A-Z]{2}$")
    category: str = Field("standard", title=_("Category"), pattern=r"^[a-z][a-z_]{0,31}$")
    percent: Decimal = Field(title=_("Rate in percent"), ge=0, le=100, max_digits=5, decimal_places=2)
    valid_from: date = Field(title=_("Valid from"))


def luxembourg_rates() -> list[VatRate]:
    """Return Luxembourg's rates (VAT law of 12 February 1979, Article 39), which were a point lower during 2023."""
    current = {"standard": 17, "intermediate": 14, "reduced": 8, "super_reduced": 3}
    lowered = {"standard": 16, "intermediate": 13, "reduced": 7}
    since, lowered_on, back = date(2015, 1, 1), date(2023, 1, 1), date(2024, 1, 1)
    rates = [
        VatRate(category=name, percent=Decimal(rate), valid_from=since) for name, rate in current.items()
    ]
    for name, rate in lowered.items():
        rates.append(VatRate(category=name, percent=Decimal(rate), valid_from=lowered_on))
        rates.append(VatRate(category=name, percent=Decimal(current[name]), valid_from=back))
    return rates


def rate_on(rates: Iterable[VatRate], *, country: str, category: str, on: date) -> Decimal:
    """Return the rate in force on a day.

    :raises LookupError: when none is.
    """
    known = [
        rate
        for rate in rates
        if rate.country == country and rate.category == category and rate.valid_from <= on
    ]
    if not known:
        raise LookupError(f"no {category} rate of {country} on {on}")
    return max(known, key=lambda rate: rate.valid_from).percent


class VatTreatment(NamedTuple):
    """The rate, and the sentence that the law wants on the invoice where there is none."""

    percent: Decimal
    is_reverse_charge: bool = False
    note: str = ""


def is_vat_number_of(number: str | None, country: str) -> bool:
    """Tell whether a VAT number is well-formed, its check digits included, and of this country."""
    from stdnum.eu import vat as eu_vat  # only where VAT is decided: a start would pay for it

    if not number or not eu_vat.is_valid(number):
        return False
    return eu_vat.compact(number).startswith(_PREFIXES.get(country, country))


def _is_in_eu(country: str) -> bool:
    from stdnum.eu import vat as eu_vat  # as above

    return country != "XI" and country.lower() in eu_vat.MEMBER_STATES  # XI is no country of ISO 3166


def decide(
    rates: Iterable[VatRate],
    *,
    seller_country: str,
    buyer_country: str | None,
    buyer_vat_number: str | None,
    on: date,
    category: str = "standard",
) -> VatTreatment:
    """Return how a service to this buyer is taxed; of a buyer without an address the seller's rate is asked."""
    home = rate_on(rates, country=seller_country, category=category, on=on)
    if not buyer_country or buyer_country == seller_country:
        return VatTreatment(home)
    if not _is_in_eu(buyer_country):
        return VatTreatment(Decimal(0), note=OUTSIDE_NOTE)
    if is_vat_number_of(buyer_vat_number, buyer_country):
        return VatTreatment(Decimal(0), is_reverse_charge=True, note=REVERSE_CHARGE_NOTE)
    return VatTreatment(home)


class Taxed(Protocol):
    """What the sums need of a line."""

    @property
    def net_minor(self) -> int:
        """The line's amount without VAT."""

    @property
    def vat_percent(self) -> Decimal:
        """Its rate."""


class VatGroup(NamedTuple):
    """The lines of one rate together: VAT is computed and rounded once for all of them."""

    percent: Decimal
    net: Money
    vat: Money


def sum_by_rate(lines: Iterable[Taxed], currency: str) -> list[VatGroup]:
    """Return the sums by rate, highest rate first."""
    nets: dict[Decimal, int] = defaultdict(int)
    for line in lines:
        nets[Decimal(line.vat_percent)] += line.net_minor
    groups = []
    for percent in sorted(nets, reverse=True):
        net = Money(nets[percent], currency)
        groups.append(VatGroup(percent, net, net.percent(percent)))
    return groups
