"""Pages of admins; each file registers its own."""

from modules.cms.routes import editor, media, pages, picker, publication, redirects, revisions, themes
from modules.cms.routes.blueprints import admin as bp

__all__ = ["bp", "editor", "media", "pages", "picker", "publication", "redirects", "revisions", "themes"]
