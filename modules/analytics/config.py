"""Analytics' settings on a platform."""

from pydantic import Field

from wizamart.i18n import gettext_noop as _
from wizamart.schema import Schema


class AnalyticsConfig(Schema):
    """What an admin may set."""

    rebuild_days: int = Field(
        35,
        title=_("Recompute the last (days)"),
        description=_(
            "Every night the figures of so many days are computed anew, since orders change for a while after they "
            "were placed."
        ),
        ge=1,
        le=400,
    )
