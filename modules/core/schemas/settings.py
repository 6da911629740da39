"""The settings of a platform."""

from typing import Annotated

from pydantic import Field, StringConstraints

from wizamart.i18n import gettext_noop as _
from wizamart.schema import Schema

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class PlatformSettings(Schema):
    """What a platform's admins set for everybody on it."""

    name: Name = Field(
        title=_("Name"), description=_("How the platform is called, in the portal and the shop.")
    )
    locales: list[str] = Field(
        title=_("Languages"), description=_("The languages that people can choose."), min_length=1
    )
    default_locale: str = Field(
        title=_("Default language"), description=_("For visitors whose browser asks for none of them.")
    )
    currency: str = Field(
        title=_("Currency"), description=_("For new prices; what exists keeps the currency it was made in.")
    )
    time_zone: str = Field(title=_("Time zone"), description=_("For whoever has not chosen their own."))
