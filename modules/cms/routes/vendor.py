"""Pages of vendors; each file registers its own."""

from modules.cms.routes import (
    autosave,
    editor,
    media,
    overrides,
    pages,
    picker,
    publication,
    redirects,
    revisions,
    themes,
)
from modules.cms.routes.blueprints import vendor as bp

__all__ = [
    "autosave",
    "bp",
    "editor",
    "media",
    "overrides",
    "pages",
    "picker",
    "publication",
    "redirects",
    "revisions",
    "themes",
]
