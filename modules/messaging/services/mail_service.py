"""Notifications by mail, and the log of what the platform has sent."""

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.messaging.models.notification import Notification
from wizamart import mail
from wizamart.auth.links import platform_address
from wizamart.i18n import force_locale, gettext as _
from wizamart.mail import Mail
from wizamart.module_system.manager import current_manager
from wizamart.module_system.state import ModuleState
from wizamart.platforms import Vendor

# The text of a mail may hold a link that signs somebody in, so the log never reads it.
LOG_COLUMNS: Final[tuple[Any, ...]] = (
    Mail.id,
    Mail.to,
    Mail.subject,
    Mail.locale,
    Mail.status,
    Mail.attempts,
    Mail.error,
    Mail.sent_at,
    Mail.created_at,
)


def send_notification_mail(
    session: Session, state: ModuleState, notification: Notification, *, to: str, locale: str
) -> Mail:
    """Write the mail of a notification; asked again, it is the same mail."""
    link = _portal_url(session, state, notification.vendor_id)
    with force_locale(locale):
        parts = [notification.body]
        if link:
            parts.append(_("Your notifications: %(url)s", url=link))
        parts.append(_("In your notification settings you choose what reaches you by mail."))
    return mail.send(
        session,
        to=to,
        subject=" ".join(notification.title.split()),
        text="\n\n".join(parts),
        locale=locale,
        key=f"messaging:notification:{notification.id}",
    )


def send_test_mail(session: Session, *, to: str, subject: str, body: str, locale: str) -> Mail:
    """Send somebody an example of a text."""
    with force_locale(locale):
        note = _("This is a test with made-up values.")
    return mail.send(
        session, to=to, subject=" ".join(subject.split()), text=f"{body}\n\n{note}", locale=locale
    )


def select_mails(platform_id: int) -> sa.Select[Any]:
    """Return the statement of the platform's mails, without their texts."""
    return sa.select(*LOG_COLUMNS).where(Mail.platform_id == platform_id)


def count_by_status(session: Session, platform_id: int) -> dict[str, int]:
    """Return how many mails of the platform stand where."""
    statement = (
        sa.select(Mail.status, sa.func.count()).where(Mail.platform_id == platform_id).group_by(Mail.status)
    )
    counted = {status: count for status, count in session.execute(statement)}  # noqa: C416 - a Row is no tuple
    return {status.value: counted.get(status.value, 0) for status in mail.MailStatus}


def _portal_url(session: Session, state: ModuleState, vendor_id: int | None) -> str | None:
    """Return the address of the page of notifications, if the platform is known to have one."""
    address = platform_address(session, state.platform_id)
    if address is None:
        return None
    paths = current_manager().map_for(state.effective).bind("")
    if vendor_id is None:
        return address + paths.build("messaging_admin.notification_list")
    code = session.scalar(sa.select(Vendor.code).where(Vendor.id == vendor_id))
    return address + paths.build("messaging_vendor.notification_list", {"vendor_code": code})
