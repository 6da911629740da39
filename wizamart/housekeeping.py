"""Housekeeping of the installation: what signing in leaves behind goes once it can tell nobody anything any more."""

from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from wizamart import clock
from wizamart.auth import reset_service, session_service, throttle_service, token_service
from wizamart.mail import Mail, MailStatus
from wizamart.queue import TaskContext, schedule

# Ended sessions and links are kept for a month, so that a person can still ask what happened.
KEPT: Final = timedelta(days=30)
# Longer than any link in a mail is good for.
TEXTS_KEPT: Final = timedelta(days=30)
# Longer than any limit remembers a try.
TRIES_KEPT: Final = timedelta(days=2)


@schedule("framework.delete_ended_sign_ins", every="daily at 03:10", per_platform=False)
def delete_ended_sign_ins(context: TaskContext) -> dict[str, int]:
    """Delete sessions, tokens and links that ended more than a month ago, and tries long forgiven."""
    now = clock.now()
    sessions = session_service.delete_ended(context.session, before=now - KEPT)
    tokens = token_service.delete_ended(context.session, before=now - KEPT)
    reset_service.delete_ended(context.session, before=now - KEPT)
    throttle_service.delete_forgotten(context.session, before=now - TRIES_KEPT)
    return {"sessions": sessions, "tokens": tokens}


@schedule("framework.forget_mail_texts", every="daily at 03:15", per_platform=False)
def forget_mail_texts(context: TaskContext) -> dict[str, int]:
    """Blank the texts of mails that nobody waits for any more; who was sent what, and when, stays.

    They hold links that let their reader in, and what one person was told about their own affairs.
    """
    is_old = Mail.created_at < clock.now() - TEXTS_KEPT
    query = (
        sa.update(Mail)
        .where(is_old, Mail.status != MailStatus.QUEUED, Mail.text != "")
        .values(text="", html=None)
    )
    blanked = context.session.execute(query)
    return {"mails": blanked.rowcount}  # type: ignore[attr-defined]
