"""Pages of vendors; each file registers its own."""

from modules.cms.routes import (
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
