"""Sentry, when a DSN is given: what is sent carries no secrets and no personal data."""

from importlib.metadata import version
from typing import TYPE_CHECKING, Any, cast

from wizamart.config import Settings
from wizamart.exceptions import WizamartError
from wizamart.logging import scrub

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

SERVER_ERROR = 500


def init(settings: Settings, **options: Any) -> bool:
    """Start reporting, if there is anywhere to report to, and say so; options go to the SDK as they are."""
    if settings.sentry_dsn is None:
        return False
    import sentry_sdk  # costs a process without a DSN nothing

    sentry_sdk.init(
        dsn=settings.sentry_dsn.get_secret_value(),
        environment=settings.environment,
        release=f"wizamart@{version('wizamart')}",
        include_local_variables=False,
        before_send=before_send,
        **options,
    )
    return True


def before_send(event: "Event", hint: "Hint") -> "Event | None":
    """Drop failures that are expected, and take secrets out of the rest."""
    error = (hint.get("exc_info") or (None, None, None))[1]
    if isinstance(error, WizamartError) and error.status < SERVER_ERROR:
        return None
    request = event.get("request")
    if isinstance(request, dict):
        for part in ("cookies", "data", "query_string", "env"):
            request.pop(part, None)
    return cast("Event", scrub(event))
