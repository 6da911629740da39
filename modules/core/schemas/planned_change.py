"""The form of a change that is made later."""

import enum
from datetime import datetime

from pydantic import Field

from wizamart.i18n import LazyText, gettext_noop as _, lazy_gettext
from wizamart.schema import Schema


class Way(enum.StrEnum):
    """Which way a module is switched."""

    ENABLE = "enable"
    DISABLE = "disable"

    @property
    def label(self) -> LazyText:
        """The way in words."""
        return lazy_gettext("Switch on") if self is Way.ENABLE else lazy_gettext("Switch off")


class PlannedChangeForm(Schema):
    """Which way, and when; the time is the reader's own."""

    way: Way = Field(title=_("What"))
    run_at: datetime = Field(title=_("When"), description=_("In your time zone, within a year."))
