"""What modules put on the dashboards: providers of `core.dashboard_card` return these.

A provider is called with `(session, *, platform_id, vendor_id, frontend)` and returns a card, a list of them or None.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from wizamart.i18n import LazyText

Text = str | LazyText
Tone = Literal["neutral", "good", "warning", "bad"]


@dataclass(frozen=True, slots=True)
class DashboardCard:
    """One number or fact with the page behind it; a `todo` waits for somebody and stands in a list of its own.

    `permission` is what a person needs to see it; `trend` are numbers, oldest first, drawn as a sparkline.
    """

    title: Text
    value: str | int
    icon: str = "point"
    url: str | None = None
    permission: str | None = None
    detail: Text = ""
    trend: Sequence[int] | None = None
    tone: Tone = "neutral"
    todo: bool = False
