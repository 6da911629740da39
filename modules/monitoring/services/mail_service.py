"""Mails as operators see them: to whom, and what became of them; what they say may sign somebody in."""

from typing import Any

import sqlalchemy as sa

from wizamart.mail import Mail
from wizamart.platforms import Platform

_COLUMNS: tuple[Any, ...] = (
    Mail.id,
    Mail.created_at,
    Mail.to,
    Mail.subject,
    Mail.locale,
    Mail.status,
    Mail.attempts,
    Mail.error,
    Mail.sent_at,
)


def select_mails() -> sa.Select[Any]:
    """Return the statement of all mails without their bodies, with the code of their platform."""
    statement: sa.Select[Any] = sa.select(*_COLUMNS, Platform.code.label("platform"))
    return statement.outerjoin(Platform, Platform.id == Mail.platform_id)
