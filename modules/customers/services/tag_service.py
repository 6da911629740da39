"""Tags as a whole: how many customers have each, renaming, merging and dropping them."""

from collections.abc import Sequence
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from modules.customers.exceptions import TagNotFound
from modules.customers.models.record import Tag
from modules.customers.models.segment import Segment
from modules.customers.schemas.segment import TAG_RULE


def build_query(*, vendor_id: int | None = None) -> sa.Select[Any]:
    """Return the statement of the tags in use, each with how many customers have it, and the id of one use."""
    counted = (
        sa.select(Tag.name.label("name"), sa.func.count().label("customers"), sa.func.min(Tag.id).label("id"))
        .where(Tag.vendor_id == vendor_id)
        .group_by(Tag.name)
        .subquery()
    )
    return sa.select(counted.c.name, counted.c.customers, counted.c.id)


def get_name(session: Session, tag_id: int, *, vendor_id: int | None = None, for_change: bool = False) -> str:
    """Return the name of the tag that one of its uses has; `for_change`, nobody else changes it before we are done.

    :raises TagNotFound: when there is no such use, or it is another's.
    """
    query = sa.select(Tag.name).where(Tag.id == tag_id, Tag.vendor_id == vendor_id)
    name = session.scalar(query.with_for_update() if for_change else query)
    if name is None:
        raise TagNotFound
    return name


def count_tagged(session: Session, name: str, *, vendor_id: int | None = None) -> int:
    """Count the customers with a tag."""
    query = sa.select(sa.func.count()).where(Tag.name == name, Tag.vendor_id == vendor_id)
    return session.scalar(query) or 0


def rename_tag(session: Session, old: str, new: str, *, vendor_id: int | None = None) -> int:
    """Give a tag another name; where that is in use, both become one. Segments follow. Return how many had it.

    :raises TagNotFound: when nobody has it.
    """
    count = count_tagged(session, old, vendor_id=vendor_id)
    if not count:
        raise TagNotFound
    if old == new:
        return count
    have_new = sa.select(Tag.customer_id).where(Tag.name == new, Tag.vendor_id == vendor_id)
    mine = (Tag.name == old, Tag.vendor_id == vendor_id)
    options: dict[str, Any] = {"execution_options": {"synchronize_session": False}}
    session.execute(sa.delete(Tag).where(*mine, Tag.customer_id.in_(have_new)), **options)
    session.execute(sa.update(Tag).where(*mine).values(name=new), **options)
    session.expire_all()
    for segment in _list_segments(session, vendor_id=vendor_id):
        if any(rule["code"] == TAG_RULE and rule["value"] == old for rule in segment.rules):
            segment.rules = [
                {**rule, "value": new} if rule["code"] == TAG_RULE and rule["value"] == old else rule
                for rule in segment.rules
            ]
    return count


def delete_tag(session: Session, name: str, *, vendor_id: int | None = None) -> int:
    """Take a tag off all customers; return how many had it.

    :raises TagNotFound: when nobody has it.
    """
    statement = sa.delete(Tag).where(Tag.name == name, Tag.vendor_id == vendor_id)
    result = session.execute(statement, execution_options={"synchronize_session": False})
    count = cast("CursorResult[Any]", result).rowcount
    if not count:
        raise TagNotFound
    return count


def _list_segments(session: Session, *, vendor_id: int | None) -> Sequence[Segment]:
    return session.scalars(sa.select(Segment).where(Segment.vendor_id == vendor_id)).all()
