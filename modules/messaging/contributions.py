"""What messaging gives to the frame of pages and to the dashboard."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_login import current_user
from sqlalchemy.orm import Session

from modules.messaging.schemas import kinds
from modules.messaging.services import inbox_service, notification_service
from wizamart.module_system.contributions import contributes
from wizamart.module_system.definition import FrontendType
from wizamart.platforms import get_scope, scoped, vendor_names
from wizamart.web.access import is_closed
from wizamart.web.templating import url_if


@contributes("core.notifications")
def list_notifications(session: Session, *, user_id: int, platform_id: int, limit: int) -> dict[str, Any]:
    """Return the person's latest notifications in the portal at hand; none where the subscription closes them."""
    if is_closed("messaging_vendor.notification_list"):
        return {"unread": 0, "items": []}
    scope = get_scope(session)
    vendor_id = scope.vendor_id if scope is not None and scope.platform_id == platform_id else None
    unread = inbox_service.count_unread(session, user_id, vendor_id=vendor_id)
    rows = inbox_service.list_latest(session, user_id, vendor_id=vendor_id, limit=limit) if limit else ()
    items = [
        {
            "id": row.id,
            "title": row.title,
            "text": row.title,
            "body": row.body,
            "detail": row.body,
            "url": url_if(row.endpoint, **row.arguments) if row.endpoint else None,
            "at": row.created_at,
            "is_read": row.read_at is not None,
            "kind": row.kind,
        }
        for row in rows
    ]
    return {"unread": unread, "items": items}


@contributes("framework.frame", order=200)
def lead_the_bell(_session: Session, *, frontend: FrontendType, **_place: Any) -> dict[str, Any] | None:
    """Let the bell lead to the person's notifications here; without them there is none."""
    if frontend not in {FrontendType.ADMIN, FrontendType.VENDOR}:
        return None
    return {"notifications_url": url_if(f"messaging_{frontend}.notification_list")}


@contributes("framework.demo", order=80)
def tell_in_demo(session: Session, *, platform_id: int, vendor_ids: Sequence[int], at: datetime) -> None:
    """Welcome the vendors of a demo platform, without mails."""
    with scoped(session, platform_id):
        if inbox_service.count_notifications(session, platform_id):
            return
        for vendor_id, name in vendor_names(session, vendor_ids).items():
            event = {"platform_id": platform_id, "vendor_id": vendor_id, "vendor_name": name}
            for code, days in (("vendor-created", 21), ("vendor-approved", 20)):
                notification_service.notify(
                    session,
                    kinds.KIND_BY_CODE[code],
                    event,
                    platform_id=platform_id,
                    vendor_id=vendor_id,
                    at=at - timedelta(days=days),
                    may_mail=False,
                )


def count_badge(session: Session, _platform_id: int, vendor_id: int | None) -> int | None:
    """Return what stands beside the menu entry: how many wait for whoever asks."""
    return inbox_service.count_unread(session, current_user.id, vendor_id=vendor_id)
