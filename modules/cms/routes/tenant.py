"""What the pages of the CMS ask of the request."""

from __future__ import annotations  # so that naming a type of a service does not load it

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from flask import current_app, request
from flask_login import current_user

from modules.cms.services import page_service, revision_service
from wizamart.config import Settings
from wizamart.database import db
from wizamart.module_system.manager import current_manager
from wizamart.platform_context import VENDOR_PREFIX, current_platform, current_vendor, request_context
from wizamart.web.portal import current_vendor_id, get_state


def media_folder() -> Path:
    """Return where files of pictures lie."""
    settings: Settings = current_app.extensions["settings"]
    return settings.media_path


def author() -> revision_service.Author:
    """Return who asks, as the author of a change."""
    return revision_service.Author(current_user.id, current_user.display_name)


def shop_url(path: str) -> str:
    """Return the address in this portal's shop, such as `/about`: the vendor's in its portal, else the platform's."""
    context = request_context()
    is_elsewhere = bool(current_vendor) and (context is None or context.vendor is None)
    return request.script_root + (VENDOR_PREFIX + current_vendor.code if is_elsewhere else "") + path


def get_page(page_id: int) -> Any:
    """Return a page of whoever's portal this is.

    :raises PageNotFound: when there is none.
    """
    return page_service.get_page(db.session(), page_id, vendor_id=current_vendor_id())


def ask_others(media_ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Yield where modules in effect use these pictures."""
    answers = current_manager().contributions.collect(
        "cms.media_usage", get_state(), db.session(), platform_id=current_platform.id, media_ids=media_ids
    )
    for _code, uses in answers:
        yield from uses
