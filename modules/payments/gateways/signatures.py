"""Messages signed with a shared secret: HMAC-SHA256 over the time and the body, so that none can be replayed late."""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final

from modules.payments.exceptions import WebhookRefused

TOLERANCE: Final = timedelta(minutes=5)


def sign(secret: str, body: bytes, *, at: datetime) -> str:
    """Return the header `t=<seconds>,v1=<hex>`."""
    seconds = int(at.timestamp())
    return f"t={seconds},v1={_digest(secret, seconds, body)}"


def verify(secret: str, header: str, body: bytes, *, at: datetime) -> None:
    """Accept a header made by `sign` with this secret within the tolerance.

    :raises WebhookRefused: otherwise, and always when there is no secret.
    """
    parts = dict(part.strip().partition("=")[::2] for part in header.split(","))
    given, stamp = parts.get("v1", ""), parts.get("t", "")
    if not secret or not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:  # noqa: PLR2004 - any second till 33658
        raise WebhookRefused
    seconds = int(stamp)
    if not hmac.compare_digest(given.encode(), _digest(secret, seconds, body).encode()):
        raise WebhookRefused
    if abs(at.timestamp() - seconds) > TOLERANCE.total_seconds():
        raise WebhookRefused


def _digest(secret: str, seconds: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
