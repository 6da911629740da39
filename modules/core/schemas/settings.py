"""The settings of a platform."""

from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints, field_validator, model_validator

from wizamart.i18n import gettext_noop as _

HEX_COLOUR = r"^#[0-9a-fA-F]{6}$"
LINEAR_BELOW = 0.04045  # of a channel in sRGB
LEAST_CONTRAST = 4.5  # WCAG 2.2, success criterion 1.4.3

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


def contrast_with_white(colour: str) -> float:
    """Return the contrast ratio between a colour and white, as WCAG 2.2 defines it."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [
        value / 12.92 if value <= LINEAR_BELOW else ((value + 0.055) / 1.055) ** 2.4 for value in channels
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)


class PlatformSettings(BaseModel):
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
    accent: str = Field(
        default="#2a55c5",
        title=_("Accent colour"),
        description=_("Buttons and links of the shop, such as #2a55c5. White text must be readable on it."),
        pattern=HEX_COLOUR,
    )
    logo_text: str = Field(
        default="",
        max_length=40,
        title=_("Shop name"),
        description=_("Beside the logo; empty takes the name."),
    )

    @field_validator("accent")
    @classmethod
    def _readable(cls, value: str) -> str:
        if contrast_with_white(value) < LEAST_CONTRAST:
            raise ValueError(_("White text is hard to read on this colour. Please choose a darker one."))
        return value.lower()

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("accent"), str):
            return {**data, "accent": data["accent"].strip()}
        return data
