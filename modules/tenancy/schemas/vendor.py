"""The forms of vendors."""

from pydantic import ConfigDict, Field, HttpUrl

from modules.tenancy.schemas.company import CodeInput, Line
from wizamart.email_address import Email
from wizamart.i18n import gettext_noop as _
from wizamart.schema import Schema


class VendorProfileInput(Schema):
    """What a vendor tells of itself."""

    model_config = ConfigDict(str_strip_whitespace=True)

    name: Line = Field(title=_("Name"), max_length=120)
    contact_email: Email | None = Field(
        default=None, title=_("Contact e-mail"), max_length=254, json_schema_extra={"kind": "email"}
    )
    contact_phone: str | None = Field(default=None, title=_("Contact phone"), max_length=40)
    website: HttpUrl | None = Field(default=None, title=_("Website"), max_length=255)
    description: str = Field(
        default="",
        title=_("Description"),
        description=_("A few sentences for customers."),
        max_length=2000,
    )


class VendorInput(VendorProfileInput):
    """What admins decide about a vendor, beyond its profile."""

    company_id: int | None = Field(default=None, title=_("Company"))


class NewVendorInput(VendorInput, CodeInput):
    """What it takes to create a vendor."""

    platforms: list[int] = Field(default_factory=list, title=_("Sells on"))


class VendorPlatformsInput(Schema):
    """Where a vendor sells."""

    platforms: list[int] = Field(default_factory=list, title=_("Sells on"))


class SuspensionInput(Schema):
    """Why a vendor is suspended."""

    model_config = ConfigDict(str_strip_whitespace=True)

    reason: Line = Field(
        title=_("Reason"),
        description=_("Stays in the audit trail and is shown to admins."),
        max_length=500,
    )
