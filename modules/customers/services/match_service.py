"""Who may be the same person: keys kept with every customer, pairs that share one, and what people said of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, selectinload

from modules.customers.models.customer import IS_PERSON, Customer, DistinctPair, MatchKey
from modules.customers.schemas.likeness import Likeness, keys_of

# What more than these share is a switchboard or a family name in a village, not one person.
MOST_SHARING: Final = 6


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two customers who may be one, and why."""

    first: Customer
    second: Customer
    reasons: tuple[Likeness, ...]


def refresh_keys(session: Session, customer: Customer) -> None:
    """Keep the keys of a customer in step with what is known of them; of a row that stands for nobody none."""
    wanted = set()
    if not customer.is_gone:
        wanted = keys_of(
            email=customer.email,
            phone=customer.phone,
            name=customer.name,
            postal_codes=[address.postal_code for address in customer.addresses],
        )
    session.flush()  # the customer may be new, and the keys need the id
    rows = session.scalars(sa.select(MatchKey).where(MatchKey.customer_id == customer.id)).all()
    present = {(row.kind, row.key): row for row in rows}
    for pair, row in present.items():
        if pair not in wanted:
            session.delete(row)
    for kind, key in wanted - present.keys():
        session.add(MatchKey(platform_id=customer.platform_id, customer_id=customer.id, kind=kind, key=key))


def count_suggestions(session: Session) -> int:
    """Count the pairs that somebody may want to look at."""
    return session.scalar(sa.select(sa.func.count()).select_from(_pairs().subquery())) or 0


def list_suggestions(session: Session, *, limit: int, offset: int = 0) -> list[Suggestion]:
    """Return pairs, those with the most telling reasons first."""
    rows = session.execute(_pairs().limit(limit).offset(offset)).all()
    customers = _load(session, [row.first_id for row in rows] + [row.second_id for row in rows])
    return [
        Suggestion(
            customers[row.first_id],
            customers[row.second_id],
            tuple(kind for kind in Likeness if getattr(row, kind.value)),
        )
        for row in rows
    ]


def dismiss(
    session: Session, first: Customer, second: Customer, *, actor_id: int | None, at: datetime
) -> None:
    """Note that two customers are two people; saying it again changes nothing."""
    low, high = sorted((first.id, second.id))
    query = sa.select(DistinctPair.id).where(DistinctPair.first_id == low, DistinctPair.second_id == high)
    if session.scalars(query).first() is None:
        session.add(
            DistinctPair(
                platform_id=first.platform_id, first_id=low, second_id=high, actor_id=actor_id, created_at=at
            )
        )


def _pairs() -> sa.Select[Any]:
    """Return the statement of all pairs; keys that many share are passed over."""
    shared = (
        sa.select(MatchKey.kind, MatchKey.key)
        .group_by(MatchKey.platform_id, MatchKey.kind, MatchKey.key)
        .having(sa.func.count().between(2, MOST_SHARING))
        .subquery()
    )
    one, other = aliased(MatchKey), aliased(MatchKey)
    flags: dict[Likeness, Any] = {
        kind: sa.func.max(sa.case((one.kind == kind.value, 1), else_=0)) for kind in Likeness
    }
    is_known = sa.exists().where(
        DistinctPair.first_id == one.customer_id, DistinctPair.second_id == other.customer_id
    )
    query: sa.Select[Any] = (
        sa.select(
            one.customer_id.label("first_id"),
            other.customer_id.label("second_id"),
            *(flag.label(kind.value) for kind, flag in flags.items()),
        )
        .select_from(shared)
        .join(one, sa.and_(one.kind == shared.c.kind, one.key == shared.c.key))
        .join(
            other,
            sa.and_(other.kind == one.kind, other.key == one.key, other.customer_id > one.customer_id),
        )
        .where(~is_known)
        .group_by(one.customer_id, other.customer_id)
        .order_by(*(flag.desc() for flag in flags.values()), one.customer_id, other.customer_id)
    )
    return query


def _load(session: Session, customer_ids: Sequence[int]) -> dict[int, Customer]:
    query = sa.select(Customer).where(Customer.id.in_(set(customer_ids)), IS_PERSON)
    return {row.id: row for row in session.scalars(query.options(selectinload(Customer.addresses)))}
