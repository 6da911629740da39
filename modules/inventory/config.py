"""The inventory's settings on a platform."""

from datetime import date
from decimal import Decimal
from typing import Final

from pydantic import Field, model_validator

from wizamart.i18n import gettext_noop as _
from wizamart.schema import Schema

# What a rate may be, for those too who read rates from files.
TAX_CLASS: Final = r"[a-z][a-z0-9_]{0,31}"
HIGHEST_PERCENT: Final = 100
PERCENT_DECIMALS: Final = 2


class TaxRate(Schema):
    """A rate of a tax class from a day on."""

    tax_class: str = Field(title=_("Tax class"), pattern=f"^{TAX_CLASS}$")
    percent: Decimal = Field(
        title=_("Rate in percent"),
        ge=0,
        le=HIGHEST_PERCENT,
        max_digits=5,
        decimal_places=PERCENT_DECIMALS,
    )
    valid_from: date = Field(title=_("Valid from"))


def _luxembourg() -> list[TaxRate]:
    """Return the rates of Luxembourg's VAT law (Article 39), which were a point lower during 2023."""
    current = {"standard": 17, "intermediate": 14, "reduced": 8, "super_reduced": 3, "exempt": 0}
    lowered = {"standard": 16, "intermediate": 13, "reduced": 7}
    since, lowered_on, back = date(2015, 1, 1), date(2023, 1, 1), date(2024, 1, 1)
    rates = [
        TaxRate(tax_class=code, percent=Decimal(rate), valid_from=since) for code, rate in current.items()
    ]
    for code, rate in lowered.items():
        rates.append(TaxRate(tax_class=code, percent=Decimal(rate), valid_from=lowered_on))
        rates.append(TaxRate(tax_class=code, percent=Decimal(current[code]), valid_from=back))
    return rates


class InventoryConfig(Schema):
    """What an admin may set."""

    low_stock_threshold: int = Field(
        5,
        title=_("Low-stock threshold"),
        description=_(
            "A variant with this many available or fewer counts as low, unless it has its own threshold."
        ),
        ge=0,
        le=100_000,
    )
    vendors_create_categories: bool = Field(
        default=True,
        title=_("Imports create categories"),
        description=_("Categories that a file names and the platform does not have yet are created."),
    )
    show_stock_count: bool = Field(
        default=False,
        title=_("Show customers how many are left"),
        description=_("Otherwise they see only whether something is in stock."),
    )
    tax_rates: list[TaxRate] = Field(default_factory=_luxembourg, title=_("VAT rates"))

    @model_validator(mode="after")
    def refuse_missing_standard(self) -> "InventoryConfig":
        """Every product has a tax class, and new ones the standard one."""
        if not any(rate.tax_class == "standard" for rate in self.tax_rates):
            raise ValueError("a rate for the tax class standard is needed")
        return self

    def rate_of(self, tax_class: str, *, on: date) -> Decimal:
        """Return the percentage of a class on a day; that of an unknown class is the standard one."""
        known = [rate for rate in self.tax_rates if rate.valid_from <= on]
        found = [rate for rate in known if rate.tax_class == tax_class] or [
            rate for rate in known if rate.tax_class == "standard"
        ]
        return max(found, key=lambda rate: rate.valid_from).percent if found else Decimal(0)

    @property
    def tax_classes(self) -> tuple[str, ...]:
        """The classes that there are, in their order."""
        return tuple(dict.fromkeys(rate.tax_class for rate in self.tax_rates))
