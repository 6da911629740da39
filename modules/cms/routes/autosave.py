"""What the editor of a page saves by itself while somebody writes: a draft, and never anything public."""

from __future__ import annotations  # so that naming a type of a service does not load it

from typing import Any

from flask import jsonify, render_template
from flask_login import current_user

from modules.cms.exceptions import PageChangedMeanwhile
from modules.cms.routes.blueprints import in_portals
from modules.cms.routes.editor import asked_locale, asked_sitting, state_of
from modules.cms.routes.tenant import author, get_page
from modules.cms.schemas.page import PageForm
from modules.cms.services import page_service, revision_service
from wizamart import clock
from wizamart.database import db
from wizamart.i18n import format_datetime, format_time, gettext as _
from wizamart.permissions import requires
from wizamart.web.forms import SchemaForm


@in_portals("/pages/<int:page_id>/draft", "POST")
@requires("cms:page:update")
def draft_update(page_id: int) -> Any:
    """Save what is in the editor, and answer with what the open page says of it; as JSON, failures too."""
    page, form, now = get_page(page_id), SchemaForm.from_request(PageForm), clock.now()
    try:
        page_service.update_page(
            db.session(),
            page,
            form.validate_or_raise(),
            locale=asked_locale(),
            author=author(),
            at=now,
            sitting=asked_sitting(is_autosave=True),
        )
    except PageChangedMeanwhile as error:
        raise PageChangedMeanwhile(_told(page)) from error
    says = _("Saved at %(time)s", time=format_time(now))
    return jsonify(says=says, html=render_template("cms/_autosaved.html", **state_of(page)))


def _told(page: Any) -> str:
    """Say who has saved the page meanwhile, and what to do now."""
    latest = revision_service.find_latest(db.session(), page)
    if latest is None or latest.author_id == current_user.id:
        return _(
            "You saved this page elsewhere meanwhile. Your text stays here; choose Save to compare them."
        )
    return _(
        "%(name)s saved this page on %(moment)s. Your text stays here; choose Save to compare the two.",
        name=latest.author_name,
        moment=format_datetime(latest.at),
    )
