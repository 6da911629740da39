"""What modules find for the search: providers of `core.search` return these.

A provider is called with `(session, *, platform_id, vendor_id, frontend, text, limit)` and returns a list.
"""

from dataclasses import dataclass

from wizamart.i18n import LazyText

Text = str | LazyText


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One record that was found; `kind` names the group it stands in, such as "Orders"."""

    title: Text
    url: str
    subtitle: Text = ""
    icon: str = "point"
    permission: str | None = None
    kind: Text = ""
