"""The look of a shop as a style sheet of CSS variables."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.cms.exceptions import PictureUnknown
from modules.cms.models.media import Media
from modules.cms.models.theme import Theme
from modules.cms.schemas.theme import DARK_SURFACE, HEX, LEAST_CONTRAST, LIGHT_SURFACE, ThemeForm, contrast
from modules.cms.services import media_service
from wizamart.platforms import Platform

# Typefaces that systems bring along: nothing is loaded, nobody else learns who visits, and no file has to be trusted.
# Each names what Apple's, Microsoft's, Google's and free systems have of a kind, before the generic family.
FONTS: Final = {
    "sans": 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif',
    "geometric": 'Avenir, "Avenir Next", Montserrat, Corbel, "URW Gothic", source-sans-pro, sans-serif',
    "humanist": 'Seravek, "Gill Sans Nova", Ubuntu, Calibri, "DejaVu Sans", source-sans-pro, sans-serif',
    "serif": '"Iowan Old Style", "Palatino Linotype", Palatino, "URW Palladio L", P052, Georgia, serif',
    "slab": 'Rockwell, "Rockwell Nova", "Roboto Slab", "DejaVu Serif", "Sitka Small", serif',
    "rounded": 'ui-rounded, "Hiragino Maru Gothic ProN", Quicksand, Comfortaa, Nunito, system-ui, sans-serif',
    "mono": 'ui-monospace, "Cascadia Code", "Source Code Pro", Menlo, Consolas, monospace',
}
CORNERS: Final = {"round": ("1.25rem", "1rem"), "soft": ("0.625rem", "0.4375rem"), "square": ("0", "0")}


def find_theme(session: Session, *, vendor_id: int | None = None) -> Theme | None:
    """Return the theme that this owner has chosen."""
    return session.scalars(sa.select(Theme).where(Theme.vendor_id == vendor_id)).one_or_none()


def find_shown(session: Session, *, vendor_id: int | None) -> Theme | None:
    """Return the theme that a shop shows: the vendor's own, or else the platform's."""
    is_shown = sa.or_(Theme.vendor_id.is_(None), Theme.vendor_id == vendor_id)
    query = sa.select(Theme).where(is_shown).order_by(Theme.vendor_id.is_(None))
    return session.scalars(query.limit(1)).first()


def find_look(session: Session, *, vendor_id: int | None) -> tuple[Theme, Media | None] | None:
    """Return the theme that a shop shows with its logo, in one query."""
    is_shown = sa.or_(Theme.vendor_id.is_(None), Theme.vendor_id == vendor_id)
    query = sa.select(Theme, Media).outerjoin(Media, Media.id == Theme.logo_id).where(is_shown)
    row = session.execute(query.order_by(Theme.vendor_id.is_(None)).limit(1)).first()
    return (row[0], row[1]) if row else None


def hold_look(session: Session, *, platform_id: int) -> None:
    """Let nobody else choose a look on the platform before this transaction ends: a first one has no row to lock."""
    session.execute(sa.select(Platform.id).where(Platform.id == platform_id).with_for_update(key_share=True))


def save_theme(
    session: Session, form: ThemeForm, *, platform_id: int, at: datetime, vendor_id: int | None = None
) -> Theme:
    """Give a shop this look.

    :raises PictureUnknown: when the owner may not show the logo.
    """
    if form.logo_id is not None and not media_service.list_by_ids(
        session, [form.logo_id], vendor_id=vendor_id
    ):
        raise PictureUnknown("logo_id")
    hold_look(session, platform_id=platform_id)
    theme = find_theme(session, vendor_id=vendor_id)
    if theme is None:
        theme = Theme(platform_id=platform_id, vendor_id=vendor_id)
        session.add(theme)
    for name, value in form.model_dump().items():
        setattr(theme, name, value)
    theme.updated_at = at
    return theme


def reset_theme(session: Session, *, platform_id: int, vendor_id: int | None = None) -> None:
    """Go back to the look that the shop has without a theme of its own."""
    hold_look(session, platform_id=platform_id)
    theme = find_theme(session, vendor_id=vendor_id)
    if theme is not None:
        session.delete(theme)


@dataclass(frozen=True, slots=True)
class Contrast:
    """How well a colour can be read; WCAG 2.2 asks for 4.5 to 1."""

    ratio: float
    surface: str
    least: float = LEAST_CONTRAST

    @property
    def is_enough(self) -> bool:
        """Whether text in this colour may be shown."""
        return self.ratio >= self.least


def contrasts(values: Mapping[str, object]) -> dict[str, Contrast]:
    """Return how well the colours in a form can be read, as far as they are colours."""
    surfaces = {"accent": LIGHT_SURFACE, "accent_dark": DARK_SURFACE}
    return {
        name: Contrast(contrast(colour, surface), surface)
        for name, surface in surfaces.items()
        if re.fullmatch(HEX, colour := str(values.get(name, "")))
    }


def stylesheet(form: ThemeForm) -> str:
    """Return the style sheet of a look; nothing but checked colours and words from tables gets into it."""
    large, small = CORNERS[form.corners]
    return (
        ":root {\n"
        f"  --wz-accent: light-dark({form.accent}, {form.accent_dark});\n"
        f"  --wz-solid: {form.accent};\n"
        f"  --wz-solid-hover: color-mix(in srgb, {form.accent} 85%, black);\n"
        f"  --tblr-font-sans-serif: {FONTS[form.font]};\n"
        f"  --wz-font-headings: {FONTS[form.font if form.heading_font == 'same' else form.heading_font]};\n"
        f"  --wz-radius: {large};\n"
        f"  --wz-radius-small: {small};\n"
        "}\n"
        ".wz-shop-logo { display: block; width: auto; height: 2.5rem; max-width: 14rem; object-fit: contain; }\n"
        ".wz-shop :is(h1, h2, h3, .wz-brand-text) { font-family: var(--wz-font-headings); }\n"
    )


def stylesheet_of(theme: Theme) -> str:
    """Return the style sheet of a stored look."""
    return stylesheet(ThemeForm.model_validate(theme, from_attributes=True))
