"""Messaging's settings on a platform."""

from pydantic import Field

from wizamart.i18n import gettext_noop as _
from wizamart.schema import Schema


class MessagingConfig(Schema):
    """What an admin may set."""

    send_mails: bool = Field(
        default=True,
        title=_("Send notifications by mail"),
        description=_("Switched off, people are notified in the page only, whatever they have chosen."),
    )
    keep_days: int = Field(
        180,
        title=_("Keep read notifications for (days)"),
        description=_("Older ones are deleted every night; unread ones stay."),
        ge=7,
        le=3650,
    )
