"""What an operator may set for monitoring."""

from pydantic import Field, HttpUrl

from wizamart.i18n import gettext_noop as _
from wizamart.schema import Schema


class MonitoringConfig(Schema):
    """Links to the tools beside this one, and what counts as slow."""

    grafana_url: HttpUrl | None = Field(
        default=None,
        title=_("Address of Grafana"),
        description=_("Shown as a link on the monitoring pages. Leave it empty where there is none."),
    )
    sentry_url: HttpUrl | None = Field(
        default=None,
        title=_("Address of Sentry"),
        description=_("Shown as a link on the monitoring pages. Leave it empty where there is none."),
    )
    slow_request_milliseconds: int = Field(
        default=500,
        ge=1,
        le=60_000,
        title=_("A request is slow from (milliseconds)"),
        description=_("Requests that took at least this long are listed as slow."),
    )
