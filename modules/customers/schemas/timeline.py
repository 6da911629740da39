"""What modules tell of a customer: providers of `customers.timeline` return these.

A provider is called with `(session, *, platform_id, customer_id)` and returns a list. In a vendor's portal the session
sees that vendor's rows only.
"""

from dataclasses import dataclass
from datetime import datetime

from wizamart.i18n import LazyText

Text = str | LazyText


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened; `url` leads to the record in the portal that asks."""

    at: datetime
    title: Text
    detail: Text = ""
    icon: str = "point"
    url: str | None = None
