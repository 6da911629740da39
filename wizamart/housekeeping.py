"""Housekeeping of the installation: what signing in leaves behind goes once it can tell nobody anything any more."""

from datetime import timedelta
from typing import Final

from wizamart import clock
from wizamart.auth import reset_service, session_service, throttle_service, token_service
from wizamart.queue import TaskContext, schedule

# Ended sessions and links are kept for a month, so that a person can still ask what happened.
KEPT: Final = timedelta(days=30)
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
