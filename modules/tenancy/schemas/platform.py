"""The forms of platforms and hosts."""

from pydantic import ConfigDict, Field

from modules.tenancy.schemas.company import CodeInput, Line
from wizamart.i18n import gettext_noop as _
from wizamart.schema import Schema


class PlatformInput(Schema):
    """What can be changed of a platform at any time."""

    model_config = ConfigDict(str_strip_whitespace=True)

    name: Line = Field(title=_("Name"), max_length=120)
    locales: list[str] = Field(
        default_factory=lambda: ["en", "fr", "de", "lb"], title=_("Languages"), min_length=1
    )
    default_locale: str = Field(default="en", title=_("Default language"))
    currency: str = Field(default="EUR", title=_("Currency"))
    time_zone: str = Field(default="Europe/Luxembourg", title=_("Time zone"))


class NewPlatformInput(PlatformInput, CodeInput):
    """What it takes to create a platform."""

    preset: str = Field(
        default="essentials",
        title=_("Modules to begin with"),
        description=_("Each module can be switched on or off later."),
    )


class HostInput(Schema):
    """A host name and where it leads."""

    model_config = ConfigDict(str_strip_whitespace=True)

    host: Line = Field(title=_("Host name"), description=_("For example shop.example.com."), max_length=253)
    vendor_id: int | None = Field(
        default=None,
        title=_("Storefront of"),
        description=_("Leave this empty for the platform itself."),
    )
