"""Consents, notes and tags of a customer."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.customers.exceptions import CustomerAnonymised, NoteNotFound
from modules.customers.models.customer import Customer
from modules.customers.models.record import Consent, Note, Tag


def set_consent(
    session: Session,
    customer: Customer,
    *,
    is_given: bool,
    source: str,
    actor_id: int | None,
    at: datetime,
    detail: str = "",
) -> None:
    """Note that marketing consent was given or withdrawn; what holds already adds nothing to the history."""
    if customer.marketing_consent == is_given:
        return
    customer.marketing_consent = is_given
    session.add(
        Consent(
            platform_id=customer.platform_id,
            customer_id=customer.id,
            is_given=is_given,
            source=source,
            detail=detail[:200],
            actor_id=actor_id,
            at=at,
        )
    )


def list_consents(session: Session, customer: Customer) -> Sequence[Consent]:
    """Return the history of the consent, newest first."""
    query = sa.select(Consent).where(Consent.customer_id == customer.id)
    return session.scalars(query.order_by(Consent.at.desc(), Consent.id.desc())).all()


def add_note(
    session: Session,
    customer: Customer,
    *,
    text: str,
    author_id: int | None,
    author_name: str,
    at: datetime,
    vendor_id: int | None = None,
) -> Note:
    """Write a note; a vendor's is seen by that vendor only."""
    if customer.is_gone:
        raise CustomerAnonymised
    note = Note(
        platform_id=customer.platform_id,
        customer_id=customer.id,
        vendor_id=vendor_id,
        author_id=author_id,
        author_name=author_name,
        text=text.strip(),
        created_at=at,
    )
    session.add(note)
    return note


def list_notes(session: Session, customer: Customer, *, vendor_id: int | None = None) -> Sequence[Note]:
    """Return the notes, newest first: of the platform, or of the vendor that asks."""
    query = sa.select(Note).where(Note.customer_id == customer.id, Note.vendor_id == vendor_id)
    return session.scalars(query.order_by(Note.created_at.desc(), Note.id.desc())).all()


def delete_note(session: Session, customer: Customer, note_id: int, *, vendor_id: int | None = None) -> None:
    """Delete a note of whoever asks.

    :raises NoteNotFound: when there is none with this id.
    """
    query = sa.select(Note).where(
        Note.id == note_id, Note.customer_id == customer.id, Note.vendor_id == vendor_id
    )
    note = session.scalars(query).one_or_none()
    if note is None:
        raise NoteNotFound
    session.delete(note)


def set_tags(
    session: Session, customer: Customer, names: Sequence[str], *, vendor_id: int | None = None
) -> None:
    """Replace the tags that the platform, or this vendor, has put on a customer."""
    rows = session.scalars(
        sa.select(Tag).where(Tag.customer_id == customer.id, Tag.vendor_id == vendor_id)
    ).all()
    present = {row.name: row for row in rows}
    for name, row in present.items():
        if name not in names:
            session.delete(row)
    for name in names:
        if name not in present:
            session.add(
                Tag(platform_id=customer.platform_id, customer_id=customer.id, vendor_id=vendor_id, name=name)
            )


def tags_of(
    session: Session, customer_ids: Sequence[int], *, vendor_id: int | None = None
) -> dict[int, list[str]]:
    """Return the tags of these customers in one query, by customer."""
    found: dict[int, list[str]] = {customer_id: [] for customer_id in customer_ids}
    query = sa.select(Tag.customer_id, Tag.name).where(
        Tag.customer_id.in_(customer_ids), Tag.vendor_id == vendor_id
    )
    for customer_id, name in session.execute(query.order_by(Tag.name)):
        found[customer_id].append(name)
    return found


def list_tag_names(session: Session, *, vendor_id: int | None = None) -> Sequence[str]:
    """Return the tags in use, by name."""
    query = sa.select(Tag.name).where(Tag.vendor_id == vendor_id).distinct().order_by(Tag.name)
    return session.scalars(query).all()
