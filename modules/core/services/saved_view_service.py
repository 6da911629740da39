"""Saved views of lists: searches, filters and orders that somebody gave a name, kept with their own preferences."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from sqlalchemy.orm import Session

from modules.core.exceptions import TooManyListsWithViews, TooManySavedViews
from wizamart.auth import user_service

MOST = 20
MOST_LISTS = 100  # they are read with the person, at every request
LONGEST_NAME = 40
LONGEST_QUERY = 1_000
# Where somebody stands in a list is no part of a view of it, and neither is the language of a single request.
PASSING = frozenset({"page", "after", "before", "lang"})


@dataclass(frozen=True, slots=True)
class SavedView:
    """A name and the part of the address behind the question mark, in the order that `Table.view` writes."""

    name: str
    query: str


def list_views(preferences: Mapping[str, Any], *, platform_code: str, path: str) -> Sequence[SavedView]:
    """Return somebody's views of the list at an address, oldest first."""
    raw = (preferences.get("views") or {}).get(_key(platform_code, path), ())
    return tuple(SavedView(str(name), str(query)) for name, query in raw)


def save_view(
    session: Session, user_id: int, *, platform_code: str, path: str, name: str, query: str
) -> SavedView:
    """Keep a view; one of the same name is replaced where it stands.

    :raises TooManySavedViews: when the list has as many views as anybody can tell apart.
    :raises TooManyListsWithViews: when views of that many other lists are kept.
    """
    view = SavedView(name.strip()[:LONGEST_NAME], normal_query(query))
    user = user_service.get_user_to_change(session, user_id)
    known = {one.name: one for one in list_views(user.preferences, platform_code=platform_code, path=path)}
    if view.name not in known and len(known) >= MOST:
        raise TooManySavedViews(most=MOST)
    if not known and len(user.preferences.get("views") or {}) >= MOST_LISTS:
        raise TooManyListsWithViews(most=MOST_LISTS)
    known[view.name] = view
    user.preferences = _with(user.preferences, _key(platform_code, path), known.values())
    return view


def delete_view(session: Session, user_id: int, *, platform_code: str, path: str, name: str) -> None:
    """Forget a view; forgetting one that is not there changes nothing."""
    user = user_service.get_user_to_change(session, user_id)
    known = list_views(user.preferences, platform_code=platform_code, path=path)
    left = [one for one in known if one.name != name]
    if len(left) != len(known):
        user.preferences = _with(user.preferences, _key(platform_code, path), left)


def normal_query(query: str) -> str:
    """Return a query without what is passing, its arguments in order, so that the same view reads the same."""
    pairs = parse_qsl(query[:LONGEST_QUERY])
    return urlencode(sorted((name, value) for name, value in pairs if name not in PASSING))


def _key(platform_code: str, path: str) -> str:
    return f"{platform_code} {path}"


def _with(preferences: Mapping[str, Any], key: str, views: Iterable[SavedView]) -> dict[str, Any]:
    views_by_list = dict(preferences.get("views") or {})
    views_by_list[key] = [[view.name, view.query] for view in views]
    if not views_by_list[key]:
        del views_by_list[key]
    return {**preferences, "views": views_by_list}
