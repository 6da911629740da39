"""The look of a shop as a style sheet of CSS variables."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.cms.models.theme import Theme
from modules.cms.schemas.theme import ThemeForm

FONTS: Final = {
    "sans": 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif',
    "serif": '"Iowan Old Style", "Palatino Linotype", Palatino, "URW Palladio L", P052, Georgia, serif',
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


def save_theme(
    session: Session, form: ThemeForm, *, platform_id: int, at: datetime, vendor_id: int | None = None
) -> Theme:
    """Give a shop this look."""
    theme = find_theme(session, vendor_id=vendor_id)
    if theme is None:
        theme = Theme(platform_id=platform_id, vendor_id=vendor_id)
        session.add(theme)
    for name, value in form.model_dump().items():
        setattr(theme, name, value)
    theme.updated_at = at
    return theme


def reset_theme(session: Session, *, vendor_id: int | None = None) -> None:
    """Go back to the look that the shop has without a theme of its own."""
    theme = find_theme(session, vendor_id=vendor_id)
    if theme is not None:
        session.delete(theme)


def stylesheet(form: ThemeForm) -> str:
    """Return the style sheet of a look; nothing but checked colours and words from tables gets into it."""
    large, small = CORNERS[form.corners]
    return (
        ":root {\n"
        f"  --wz-accent: light-dark({form.accent}, {form.accent_dark});\n"
        f"  --wz-solid: {form.accent};\n"
        f"  --wz-solid-hover: color-mix(in srgb, {form.accent} 85%, black);\n"
        f"  --tblr-font-sans-serif: {FONTS[form.font]};\n"
        f"  --wz-radius: {large};\n"
        f"  --wz-radius-small: {small};\n"
        "}\n"
    )


def stylesheet_of(theme: Theme) -> str:
    """Return the style sheet of a stored look."""
    return stylesheet(ThemeForm.model_validate(theme, from_attributes=True))
