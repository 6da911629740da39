"""Who has a page open in the editor at this moment; a hint, and no lock."""

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from modules.cms.models.page import Page, PageEditor

FRESH: Final = timedelta(seconds=75)  # an open page says so twice a minute


def note_editor(session: Session, page: Page, *, user_id: int, name: str, at: datetime) -> list[str]:
    """Note that somebody has a page open, and return the names of the others who have."""
    own = sa.update(PageEditor).where(PageEditor.page_id == page.id, PageEditor.user_id == user_id)
    known = session.execute(own.values(seen_at=at, name=name).returning(PageEditor.id)).all()
    if not known:
        row = PageEditor(
            platform_id=page.platform_id, page_id=page.id, user_id=user_id, name=name, seen_at=at
        )
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:  # the same person, in another tab, at this very moment
            pass
    query = sa.select(PageEditor.name).where(
        PageEditor.page_id == page.id, PageEditor.user_id != user_id, PageEditor.seen_at > at - FRESH
    )
    return list(session.scalars(query.order_by(PageEditor.name)))


def forget_editors(session: Session, *, before: datetime) -> None:
    """Delete what no open page has said for long."""
    session.execute(sa.delete(PageEditor).where(PageEditor.seen_at < before))
