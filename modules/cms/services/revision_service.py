"""What a page was: a revision after each change, the differences between two, and the way back."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.cms.exceptions import RevisionNotFound
from modules.cms.models.page import Page, PageRevision, PageText

TEXT_FIELDS: Final = ("title", "body", "seo_title", "seo_description")
CONTEXT_LINES: Final = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a difference; `gap` stands for lines that are the same and left out."""

    kind: Literal["same", "added", "removed", "gap"]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed in one field, in one language."""

    field: str
    locale: str
    lines: tuple[Line, ...]


def record(
    session: Session, page: Page, *, author_id: int | None, author_name: str, at: datetime
) -> PageRevision | None:
    """Keep the page as it stands now; one that is as it was before adds nothing."""
    content = _content_of(page)
    latest = find_latest(session, page)
    if latest is not None and latest.content == content:
        return None
    revision = PageRevision(
        platform_id=page.platform_id,
        page_id=page.id,
        number=latest.number + 1 if latest else 1,
        author_id=author_id,
        author_name=author_name,
        at=at,
        content=content,
    )
    session.add(revision)
    return revision


def find_latest(session: Session, page: Page) -> PageRevision | None:
    """Return the newest revision of a page."""
    query = sa.select(PageRevision).where(PageRevision.page_id == page.id)
    return session.scalars(query.order_by(PageRevision.number.desc()).limit(1)).first()


def get_revision(session: Session, page: Page, number: int) -> PageRevision:
    """Return one revision of a page.

    :raises RevisionNotFound: when there is none with this number.
    """
    query = sa.select(PageRevision).where(PageRevision.page_id == page.id, PageRevision.number == number)
    revision = session.scalars(query).one_or_none()
    if revision is None:
        raise RevisionNotFound
    return revision


def list_revisions(session: Session, page: Page, *, limit: int = 100) -> Sequence[PageRevision]:
    """Return the revisions of a page, newest first."""
    query = sa.select(PageRevision).where(PageRevision.page_id == page.id)
    return session.scalars(query.order_by(PageRevision.number.desc()).limit(limit)).all()


def restore(
    session: Session,
    page: Page,
    revision: PageRevision,
    *,
    author_id: int | None,
    author_name: str,
    at: datetime,
) -> None:
    """Give a page the texts and the place of a revision; its address and whether it is public stay."""
    content = revision.content
    page.placement, page.position = content["placement"], content["position"]
    present = {text.locale: text for text in page.texts}
    for locale, text in present.items():
        if locale not in content["texts"]:
            page.texts.remove(text)
    for locale, fields in content["texts"].items():
        if locale not in present:
            present[locale] = PageText(platform_id=page.platform_id, locale=locale)
            page.texts.append(present[locale])
        for name in TEXT_FIELDS:
            setattr(present[locale], name, fields[name])
    page.updated_at = at
    record(session, page, author_id=author_id, author_name=author_name, at=at)


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return what differs between two contents, field by field and line by line."""
    found = [
        Difference(name, "", tuple(_lines(str(before.get(name, "")), str(after.get(name, "")))))
        for name in ("slug", "placement", "position")
        if before.get(name, "") != after.get(name, "")
    ]
    old, new = before.get("texts", {}), after.get("texts", {})
    for locale in sorted({*old, *new}):
        for name in TEXT_FIELDS:
            one, other = old.get(locale, {}).get(name, ""), new.get(locale, {}).get(name, "")
            if one != other:
                found.append(Difference(name, locale, tuple(_lines(one, other))))
    return found


def _lines(before: str, after: str) -> Iterator[Line]:
    old, new = before.splitlines(), after.splitlines()
    groups = difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(CONTEXT_LINES)
    for number, group in enumerate(groups):
        if number:
            yield Line("gap")
        for tag, old_start, old_end, new_start, new_end in group:
            if tag == "equal":
                yield from (Line("same", text) for text in old[old_start:old_end])
                continue
            yield from (Line("removed", text) for text in old[old_start:old_end])
            yield from (Line("added", text) for text in new[new_start:new_end])


def _content_of(page: Page) -> dict[str, Any]:
    return {
        "slug": page.slug,
        "placement": page.placement,
        "position": page.position,
        "texts": {
            text.locale: {name: getattr(text, name) or "" for name in TEXT_FIELDS} for text in page.texts
        },
    }
