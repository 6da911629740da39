"""Pages of admins; each file registers its own."""

from modules.cms.routes import (
    autosave,
    editor,
    media,
    pages,
    picker,
    publication,
    redirects,
    revisions,
    themes,
)
from modules.cms.routes.blueprints import admin as bp

__all__ = [
    "autosave",
    "bp",
    "editor",
    "media",
    "pages",
    "picker",
    "publication",
    "redirects",
    "revisions",
    "themes",
]
