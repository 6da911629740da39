"""The customers' pages of core: the shop's first page, and one's own profile."""

import logging
from typing import Any

from flask import render_template
from markupsafe import Markup

from modules.core.routes import profile
from modules.core.routes.blueprints import storefront as bp
from modules.core.services import dashboard_service
from wizamart.database import db
from wizamart.permissions import public
from wizamart.platform_context import current_platform
from wizamart.web.portal import current_vendor_id, get_state

__all__ = ["bp", "profile"]
log = logging.getLogger(__name__)


@bp.get("/")
@public
def home() -> str:
    """Show what the modules in effect have for the shop's first page."""
    found = dashboard_service.home_sections(
        db.session(), get_state(), platform_id=current_platform.id, vendor_id=current_vendor_id()
    )
    sections = [markup for section in found if (markup := _render_section(section))]
    return render_template("core/storefront/home.html", sections=sections)


def _render_section(section: dict[str, Any]) -> Markup | None:
    """Return a section's markup; one whose template is broken is logged and left out."""
    try:
        html = render_template(section["template"], section=section.get("context", {}))
    except Exception:
        log.exception("home_section_failed", extra={"template": section.get("template")})
        return None
    return Markup(html)  # noqa: S704 - a template's own output
