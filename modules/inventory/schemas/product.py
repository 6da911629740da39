"""What a product and its variants are told as, and what is wrong with them."""

import re
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator
from pydantic.config import JsonDict

from modules.inventory.schemas.states import ProductStatus
from wizamart.i18n import gettext, gettext_noop as _
from wizamart.schema import Schema

MAX_OPTIONS = 3
MAX_VARIANTS = 250
GTIN_LENGTHS = frozenset({8, 12, 13, 14})


def check_gtin(value: str) -> str:
    """Return a GTIN without spaces and hyphens.

    :raises ValueError: when its length or its check digit is wrong.
    """
    digits = re.sub(r"[\s-]", "", value)
    if not digits:
        return ""
    if not digits.isascii() or not digits.isdigit() or len(digits) not in GTIN_LENGTHS:
        raise ValueError(gettext("A GTIN has 8, 12, 13 or 14 digits."))
    from stdnum import ean  # only where a number is checked: a start would pay for it

    if not ean.is_valid(digits):
        raise ValueError(gettext("The check digit of this GTIN is wrong."))
    return digits


def check_image(value: str) -> str:
    """Return the address of a picture; only http, https and paths of this site are pictures.

    :raises ValueError: when it is something else, or no address.
    """
    if not re.match(r"(https?://[^\s/]+/|/(?!/))\S+$", value) or len(value) > LONGEST_ADDRESS:
        raise ValueError(gettext("A picture's address begins with https:// or /."))
    try:
        urlsplit(value)
    except ValueError as error:
        raise ValueError(gettext("This cannot be the address of a picture.")) from error
    return value


Gtin = Annotated[str, AfterValidator(check_gtin)]
Image = Annotated[str, AfterValidator(check_image)]
ImageOrNone = Annotated[str, AfterValidator(lambda value: check_image(value) if value else "")]
Option = Annotated[str, Field(max_length=80)]
MONEY: JsonDict = {"kind": "money"}
LONGEST_ADDRESS = 2000


class VariantForm(Schema):
    """One row of the variants editor."""

    id: int | None = None
    option1: Option = Field("", title=_("First option"))
    option2: Option = Field("", title=_("Second option"))
    option3: Option = Field("", title=_("Third option"))
    sku: str = Field(title=_("SKU"), min_length=1, max_length=120)
    image: ImageOrNone = Field("", title=_("Picture"))
    gtin: Gtin = Field("", title=_("GTIN"))
    price_minor: int = Field(title=_("Price"), ge=0, le=10**12, json_schema_extra=MONEY)
    compare_at_minor: int | None = Field(
        None, title=_("Price before"), ge=0, le=10**12, json_schema_extra=MONEY
    )
    low_stock_threshold: int | None = Field(None, title=_("Low at"), ge=0, le=100_000)

    @property
    def values(self) -> tuple[str, ...]:
        """The option values in their order."""
        return (self.option1, self.option2, self.option3)


class ProductForm(Schema):
    """A product as the form and the import give it to the service."""

    title: str = Field(title=_("Title"), min_length=1, max_length=200)
    description: str = Field("", title=_("Description"), max_length=50_000)
    status: ProductStatus = Field(ProductStatus.DRAFT, title=_("Status"))
    tax_class: str = Field("standard", title=_("Tax class"), max_length=32)
    category_ids: list[int] = Field(default_factory=list, title=_("Categories"))
    images: list[Image] = Field(
        default_factory=list,
        title=_("Pictures"),
        description=_("Addresses of pictures, one a line; the first is the main one."),
        max_length=20,
    )
    seo_title: str = Field(
        "",
        title=_("Title for search engines"),
        description=_("Shown instead of the title in results and in the browser's tab; about 60 characters."),
        max_length=120,
    )
    seo_description: str = Field(
        "",
        title=_("Description for search engines"),
        description=_(
            "Shown below the title in results; about 155 characters. Without it the text begins there."
        ),
        max_length=320,
    )
    allows_backorder: bool = Field(
        default=False,
        title=_("Sell when out of stock"),
        description=_("Customers may order more than there is; the stock goes below zero."),
    )
    option_names: list[Option] = Field(
        default_factory=list,
        title=_("Options"),
        description=_("What variants differ in, one a line, at most three: for example Colour and Size."),
        max_length=MAX_OPTIONS,
    )
    variants: list[VariantForm] = Field(
        default_factory=list, title=_("Variants"), min_length=1, max_length=MAX_VARIANTS
    )

    @model_validator(mode="after")
    def refuse_repeated_variants(self) -> Self:
        """Two variants of a product differ in SKU, and in options where there are some."""
        skus = [variant.sku.casefold() for variant in self.variants]
        if len(set(skus)) < len(skus):
            raise ValueError(gettext("Two variants have the same SKU."))
        count = len(self.option_names)
        if len({name.casefold() for name in self.option_names}) < count:
            raise ValueError(gettext("Two options have the same name."))
        chosen = [tuple(value.casefold() for value in variant.values[:count]) for variant in self.variants]
        if len(set(chosen)) < len(chosen):
            raise ValueError(gettext("Two variants have the same options."))
        if any(not value for values in chosen for value in values):
            raise ValueError(gettext("Every variant needs a value for each option."))
        return self
