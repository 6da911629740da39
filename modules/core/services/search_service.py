"""Global search: the pages of the menu, and the records that modules find."""

import logging
from collections.abc import Callable, Iterable

from sqlalchemy.orm import Session

from modules.core.schemas.search import SearchResult
from wizamart.i18n import gettext as _
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.manager import current_manager
from wizamart.module_system.menus import MenuSection
from wizamart.module_system.state import ModuleState

log = logging.getLogger(__name__)
LIMIT = 6


def search_pages(menu: Iterable[MenuSection], text: str) -> list[SearchResult]:
    """Return the entries of the person's own menu that hold every word."""
    words = text.casefold().split()
    return [
        SearchResult(link.label, link.url, section.label, link.icon, kind=_("Pages"))
        for section in menu
        for link in section.links
        if all(word in f"{link.label} {section.label}".casefold() for word in words)
    ]


def search_records(
    session: Session,
    state: ModuleState,
    text: str,
    *,
    platform_id: int,
    vendor_id: int | None,
    frontend: FrontendType,
    permissions: frozenset[str],
    is_closed: Callable[[str], bool],
    limit: int = LIMIT,
) -> list[SearchResult]:
    """Return what the modules in effect find; the empty text finds nothing.

    `is_closed` tells of an address whether a subscription keeps the person from it.
    """
    if not text.strip():
        return []
    answers = current_manager().contributions.collect(
        "core.search",
        state,
        session,
        platform_id=platform_id,
        vendor_id=vendor_id,
        frontend=frontend,
        text=text.strip()[:200],
        limit=limit,
    )
    return [
        result
        for _code, found in answers
        for result in (found if isinstance(found, (list, tuple)) else ())[:limit]
        if isinstance(result, SearchResult)
        and (result.permission is None or result.permission in permissions)
        and not is_closed(result.url)
    ]


def group_by_kind(results: Iterable[SearchResult]) -> list[tuple[str, list[SearchResult]]]:
    """Return the results under the names of their groups, each where its first one stands."""
    groups: dict[str, list[SearchResult]] = {}
    for result in results:
        groups.setdefault(str(result.kind), []).append(result)
    return list(groups.items())
