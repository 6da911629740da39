"""Forms around stock: locations, categories and movements."""

from typing import Literal

from pydantic import Field
from pydantic.config import JsonDict

from modules.inventory.schemas.states import LocationKind
from wizamart.i18n import gettext_noop as _
from wizamart.schema import Schema

CHOICES: JsonDict = {
    "receipt": _("Receipt: goods came in"),
    "sale": _("Sale outside the shop"),
    "return": _("Return: a customer sent goods back"),
    "transfer": _("Transfer to another location"),
    "correction": _("Correction: set the counted quantity"),
}


class LocationForm(Schema):
    """A place of a vendor."""

    name: str = Field(title=_("Name"), min_length=1, max_length=120)
    kind: LocationKind = Field(LocationKind.WAREHOUSE, title=_("Kind"))
    street: str = Field("", title=_("Street and number"), max_length=200)
    postal_code: str = Field("", title=_("Postal code"), max_length=20)
    city: str = Field("", title=_("Town"), max_length=120)
    country: str = Field("LU", title=_("Country"), pattern=r"^[A-Z]{2}$")
    is_default: bool = Field(
        default=False,
        title=_("Default location"),
        description=_("Orders and imports use it unless another is named."),
    )


class CategoryForm(Schema):
    """A node of the category tree."""

    name: str = Field(title=_("Name"), min_length=1, max_length=120)
    parent_id: int | None = Field(None, title=_("Below"))
    description: str = Field(
        "",
        title=_("Description"),
        description=_("Shown above the products of the category, and to search engines."),
        max_length=1000,
    )


class MovementForm(Schema):
    """One movement entered by hand."""

    variant_id: int = Field(title=_("Variant"))
    kind: Literal["receipt", "sale", "return", "transfer", "correction"] = Field(
        "receipt", title=_("What happened"), json_schema_extra={"choices": CHOICES}
    )
    location_id: int = Field(title=_("Location"))
    target_id: int | None = Field(
        None, title=_("To location"), json_schema_extra={"shown_when": {"kind": "transfer"}}
    )
    quantity: int = Field(
        title=_("Quantity"),
        description=_("At least 1. For a correction: how many were counted, which may be 0."),
        le=10_000_000,
    )
    reason: str = Field("", title=_("Reason"), max_length=200)
