"""What the theme of a shop consists of, and that it can be read."""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from wizamart.i18n import gettext, gettext_noop as _
from wizamart.schema import Schema

LEAST_CONTRAST: Final = 4.5  # WCAG 2.2, success criterion 1.4.3
LIGHT_SURFACE: Final = "#ffffff"
DARK_SURFACE: Final = "#1c1e21"


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour such as #2a55c5, as WCAG 2.2 defines it."""
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - sRGB
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _check_on_light(value: str) -> str:
    if contrast(value, LIGHT_SURFACE) < LEAST_CONTRAST:
        raise ValueError(gettext("This colour is hard to read on white. Please choose a darker one."))
    return value.lower()


def _check_on_dark(value: str) -> str:
    if contrast(value, DARK_SURFACE) < LEAST_CONTRAST:
        raise ValueError(gettext("This colour is hard to read on a dark page. Please choose a lighter one."))
    return value.lower()


HEX: Final = r"#[0-9a-fA-F]{6}"
Hex = Annotated[str, Field(pattern=f"^{HEX}$")]


Typeface = Literal["sans", "geometric", "humanist", "serif", "slab", "rounded", "mono"]
TYPEFACES: Final = {
    "sans": _("Plain"),
    "geometric": _("Geometric"),
    "humanist": _("Friendly"),
    "serif": _("Classic"),
    "slab": _("Strong serifs"),
    "rounded": _("Round"),
    "mono": _("Typewriter"),
}


class ThemeForm(Schema):
    """The look of a shop."""

    logo_text: str = Field(
        "", title=_("Name in the head"), max_length=40, description=_("Empty takes the name of the shop.")
    )
    logo_id: int | None = Field(
        None,
        title=_("Logo"),
        ge=1,
        le=2**31 - 1,
        description=_(
            "Shown in the head in the place of the name. It should be readable on white and on black."
        ),
    )
    accent: Annotated[Hex, AfterValidator(_check_on_light)] = Field(
        "#2a55c5", title=_("Colour on light pages"), description=_("Of buttons and links, such as #2a55c5.")
    )
    accent_dark: Annotated[Hex, AfterValidator(_check_on_dark)] = Field(
        "#93b4ff",
        title=_("Colour on dark pages"),
        description=_("Of links for visitors who prefer dark pages, such as #93b4ff."),
    )
    font: Typeface = Field(
        "sans",
        title=_("Typeface"),
        description=_("Typefaces that visitors' devices bring along: nothing is loaded for them."),
        json_schema_extra={"choices": TYPEFACES},
    )
    heading_font: Literal["same", Typeface] = Field(
        "same",
        title=_("Typeface of headings"),
        json_schema_extra={"choices": {"same": _("The same"), **TYPEFACES}},
    )
    corners: Literal["round", "soft", "square"] = Field(
        "soft",
        title=_("Corners"),
        json_schema_extra={
            "choices": {"round": _("Round"), "soft": _("Slightly round"), "square": _("Square")}
        },
    )
