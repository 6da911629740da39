"""Old addresses and where they lead: those that pages had before, and those that somebody made by hand."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, contains_eager

from modules.cms.exceptions import RedirectRefused
from modules.cms.models.page import Page, PageRedirect
from modules.cms.schemas.redirect import RedirectForm, path_of
from modules.cms.services.address_service import is_live, shown_to
from modules.cms.services.revision_service import Author
from wizamart.i18n import gettext as _

MOST_STEPS: Final = 10
LONGEST_ADDRESS: Final = 300
REDIRECT_AGE: Final = 3600  # seconds: browsers would remember a 301 for ever, and redirects can be deleted
# Who answers at a path below the shop's root: at most a page (`page`), the shop itself, or something else.
Answerer = Literal["page", "shop", "portal"]
AskRoutes = Callable[[str], Answerer]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of redirects for a table: what it selects, searches and is ordered by."""

    select: sa.Select[Any]
    slug: Any
    target: Any
    created_at: Any
    origin: Any


def select_redirects(*, vendor_id: int | None) -> Listing:
    """Return the statement of an owner's redirects with their pages, and what they are searched and ordered by."""
    select = (
        sa.select(PageRedirect)
        .outerjoin(Page, Page.id == PageRedirect.page_id)
        .options(contains_eager(PageRedirect.page))
        .where(PageRedirect.vendor_id == vendor_id)
    )
    return Listing(
        select=select,
        slug=PageRedirect.slug,
        target=sa.func.coalesce(Page.slug, PageRedirect.target),
        created_at=PageRedirect.created_at,
        origin=PageRedirect.origin,
    )


def list_of_page(session: Session, page: Page) -> Sequence[PageRedirect]:
    """Return the addresses that lead to a page besides its own, the oldest first."""
    query = sa.select(PageRedirect).where(
        PageRedirect.page_id == page.id, PageRedirect.vendor_id == page.vendor_id
    )
    return session.scalars(query.order_by(PageRedirect.id)).all()


def list_covered(
    session: Session, redirects: Iterable[PageRedirect], *, vendor_id: int | None, at: datetime
) -> set[str]:
    """Return those old addresses at which a page is public now, so that nobody is sent on; one query."""
    slugs = [one.slug for one in redirects]
    query = sa.select(Page.slug).where(Page.slug.in_(slugs), is_live(at), shown_to(vendor_id))
    return set(session.scalars(query)) if slugs else set()


def find_target(
    session: Session, path: str, *, vendor_id: int | None, at: datetime, ask_routes: AskRoutes
) -> str | None:
    """Return where an old address leads in the end, as an address below the shop's root such as `/about`.

    `path` is that of a request, decoded already. None where it leads nowhere: to a page that is not public, or in a
    circle that came about later.
    """
    place = path.strip("/").lower()
    seen, found = {place}, None
    for _step in range(MOST_STEPS):
        redirect = _find(session, place, vendor_id=vendor_id, at=at)
        if redirect is None:
            return found
        if redirect.page is not None:
            return f"/{redirect.page.slug}"
        found = redirect.target or "/"
        place = path_of(found)
        if place in seen:
            return None
        seen.add(place)
        is_page = _is_page(session, place, vendor_id=vendor_id, at=at)
        if is_page or ask_routes(f"/{place}") != "page":
            return found
    return None


def keep_addresses(session: Session, moved: Mapping[str, str], *, platform_id: int, at: datetime) -> None:
    """Let addresses that another module has given up, such as `/categories/tools`, lead to where that is now."""
    known = {old: new for old, new in moved.items() if max(len(old), len(new)) <= LONGEST_ADDRESS}
    if not known:
        return
    is_kept = (PageRedirect.platform_id == platform_id, PageRedirect.origin == "place")
    # What lay at the new addresses is gone.
    names = {path_of(address) for pair in known.items() for address in pair}
    session.execute(sa.delete(PageRedirect).where(PageRedirect.slug.in_(names), *is_kept))
    session.execute(
        sa.update(PageRedirect)
        .where(PageRedirect.target.in_(known), *is_kept)
        .values(target=sa.case(known, value=PageRedirect.target))
    )
    owner = {"platform_id": platform_id, "origin": "place", "created_at": at}
    rows = [{**owner, "slug": path_of(old), "target": new} for old, new in known.items()]
    session.execute(sa.insert(PageRedirect), rows)


def find_kept(session: Session, address: str) -> str | None:
    """Return where that is now which another module had at an address of the shop."""
    query = sa.select(PageRedirect.target).where(
        PageRedirect.slug == path_of(address), PageRedirect.origin == "place"
    )
    return session.scalars(query.limit(1)).first()


def _find(session: Session, path: str, *, vendor_id: int | None, at: datetime) -> PageRedirect | None:
    """Return the redirect in effect: the vendor's own before the platform's, the newest of a page's, by hand first."""
    is_shown = PageRedirect.vendor_id.is_(None)
    if vendor_id is not None:
        is_shown = sa.or_(is_shown, PageRedirect.vendor_id == vendor_id)
    query = (
        sa.select(PageRedirect)
        .outerjoin(Page, Page.id == PageRedirect.page_id)
        .options(contains_eager(PageRedirect.page))
        .where(PageRedirect.slug == path, is_shown, sa.or_(PageRedirect.page_id.is_(None), is_live(at)))
        .order_by(PageRedirect.vendor_id.is_(None), PageRedirect.origin != "hand", PageRedirect.id.desc())
    )
    return session.scalars(query.limit(1)).first()


def _is_page(session: Session, slug: str, *, vendor_id: int | None, at: datetime) -> bool:
    query = sa.select(Page.id).where(Page.slug == slug, is_live(at), shown_to(vendor_id))
    return session.scalars(query.limit(1)).first() is not None


def create_redirect(
    session: Session,
    form: RedirectForm,
    *,
    platform_id: int,
    author: Author,
    at: datetime,
    ask_routes: AskRoutes,
    vendor_id: int | None = None,
) -> PageRedirect:
    """Let an old address lead to a page, wherever that moves, or to another address of the shop.

    :raises RedirectRefused: when something answers at the old address or leads on from it, when the new one is
        nowhere, or when that would lead back.
    """
    _refuse_source(session, form.source, vendor_id=vendor_id, at=at, ask_routes=ask_routes)
    page = _find_page(session, form.target, vendor_id=vendor_id)
    if page is None:
        _refuse_target(session, form, vendor_id=vendor_id, at=at, ask_routes=ask_routes)
    redirect = PageRedirect(
        platform_id=platform_id,
        vendor_id=vendor_id,
        slug=form.source,
        page_id=page.id if page else None,
        target=None if page else form.target,
        origin="hand",
        author_name=author.name,
        created_at=at,
    )
    try:
        with session.begin_nested():
            session.add(redirect)
    except IntegrityError as error:  # somebody else made one from this address at this very moment
        raise RedirectRefused("source", _("This address leads somewhere already.")) from error
    return redirect


def _refuse_source(
    session: Session, source: str, *, vendor_id: int | None, at: datetime, ask_routes: AskRoutes
) -> None:
    if ask_routes(f"/{source}") != "page":
        raise RedirectRefused(
            "source", _("The shop itself answers at this address, so nobody would be sent on.")
        )
    own = sa.select(Page.id).where(Page.slug == source, Page.vendor_id == vendor_id)
    if session.scalars(own.limit(1)).first() or _is_page(session, source, vendor_id=vendor_id, at=at):
        raise RedirectRefused("source", _("A page has this address, so nobody would be sent on."))
    known = sa.select(PageRedirect.id).where(PageRedirect.slug == source, PageRedirect.vendor_id == vendor_id)
    if session.scalars(known.limit(1)).first():
        raise RedirectRefused("source", _("This address leads somewhere already. Delete that first."))


def _find_page(session: Session, target: str, *, vendor_id: int | None) -> Page | None:
    """Return the page at an address that names nothing but a page, the vendor's own before the platform's."""
    query = sa.select(Page).where(Page.slug == target.removeprefix("/"), shown_to(vendor_id))
    return session.scalars(query.order_by(Page.vendor_id.is_(None)).limit(1)).first()


def _refuse_target(
    session: Session, form: RedirectForm, *, vendor_id: int | None, at: datetime, ask_routes: AskRoutes
) -> None:
    target, steps = path_of(form.target), {form.source}
    while target not in steps:
        steps.add(target)
        redirect = _find(session, target, vendor_id=vendor_id, at=at)
        if redirect is None:
            break
        target = redirect.page.slug if redirect.page else path_of(redirect.target or "/")
    else:
        raise RedirectRefused("target", _("This leads back to where it came from."))
    answerer = ask_routes(f"/{target}")
    is_page = _is_page(session, target, vendor_id=vendor_id, at=at)
    if answerer == "portal" or (answerer == "page" and not is_page):
        raise RedirectRefused("target", _("There is nothing at this address of the shop."))


def delete_redirect(session: Session, redirect_id: int, *, vendor_id: int | None) -> None:
    """Let an old address lead nowhere; one that is gone already, or another owner's, changes nothing."""
    query = sa.select(PageRedirect).where(PageRedirect.id == redirect_id, PageRedirect.vendor_id == vendor_id)
    redirect = session.scalars(query).one_or_none()
    if redirect is not None:
        session.delete(redirect)
