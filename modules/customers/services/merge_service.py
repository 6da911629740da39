"""Making one customer of two: what the result will be, and doing it in one transaction."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.customers import events
from modules.customers.exceptions import (
    CustomerNotFound,
    MergeOfTwoAccounts,
    MergeTooLate,
    MergeWithSelf,
)
from modules.customers.models.address import Address
from modules.customers.models.customer import Customer, CustomerVendor, DistinctPair, MatchKey
from modules.customers.models.record import Consent, Note, Tag
from modules.customers.schemas.merge import Decision, Merged, merge_consents, merge_people
from modules.customers.services import match_service
from modules.customers.services.address_service import WRITTEN
from wizamart import audit
from wizamart.exceptions import WizamartError
from wizamart.platforms import scoped


@dataclass(frozen=True, slots=True)
class Preview:
    """What a merge would leave, to be looked at before."""

    kept: Customer
    gone: Customer
    person: Merged
    consents_to_news: bool
    addresses: tuple[Address, ...]
    tags: tuple[str, ...]
    notes: int
    refusal: str = ""


def preview(session: Session, *, kept_id: int, gone_id: int) -> Preview:
    """Return what merging would leave; `refusal` says why it cannot be done, where it cannot.

    :raises CustomerNotFound: when one of the two is not there.
    :raises MergeTooLate: when one of the two is gone.
    """
    kept, gone = _load(session, kept_id, gone_id, lock=False)
    both = (kept.id, gone.id)
    tags = sa.select(Tag.name).where(Tag.customer_id.in_(both), Tag.vendor_id.is_(None)).distinct()
    notes = sa.select(sa.func.count()).where(Note.customer_id.in_(both), Note.vendor_id.is_(None))
    return Preview(
        kept,
        gone,
        merge_people(kept, gone),
        _consents_after(session, both),
        tuple(kept.addresses) + tuple(_new_addresses(kept, gone)),
        tuple(session.scalars(tags.order_by(Tag.name))),
        session.scalar(notes) or 0,
        str(MergeOfTwoAccounts()) if kept.user_id is not None and gone.user_id is not None else "",
    )


def merge(
    session: Session, *, platform_id: int, kept_id: int, gone_id: int, actor_id: int | None, at: datetime
) -> Customer:
    """Make one customer of two: everything of the one who goes becomes the other's; the row stays and says where to.

    :raises CustomerNotFound: when one of the two is not there.
    :raises MergeWithSelf: when both are the same.
    :raises MergeTooLate: when one of the two is gone, also by a merge at the same moment.
    :raises MergeOfTwoAccounts: when both can sign in.
    """
    with scoped(session, platform_id):  # a vendor's shop sees only its own part of what has to follow
        return _merge(session, kept_id, gone_id, actor_id=actor_id, at=at)


def _merge(session: Session, kept_id: int, gone_id: int, *, actor_id: int | None, at: datetime) -> Customer:
    kept, gone = _load(session, kept_id, gone_id, lock=True)
    if kept.user_id is not None and gone.user_id is not None:
        raise MergeOfTwoAccounts
    person = merge_people(kept, gone)
    consents_to_news = _consents_after(session, (kept.id, gone.id))
    _move_addresses(kept, gone)
    _move_rows(session, kept, gone)
    _empty(gone, kept=kept, at=at)
    session.flush()  # e-mail address and account are free before the other row takes them
    for name in ("name", "email", "phone", "locale", "created_at", "user_id"):
        setattr(kept, name, getattr(person, name))
    kept.marketing_consent = consents_to_news
    if gone.owner_vendor_id is None:
        kept.owner_vendor_id = None
    match_service.refresh_keys(session, kept)
    _tell(session, kept, gone, actor_id=actor_id, at=at)
    return kept


def list_absorbed(session: Session, customer_id: int) -> Sequence[int]:
    """Return the ids of the rows that were merged into a customer."""
    return session.scalars(sa.select(Customer.id).where(Customer.merged_into_id == customer_id)).all()


def tell_again(session: Session) -> int:
    """Tell of every merge and anonymisation once more, for modules that were off; return how many there were.

    Who has followed already finds nothing to do.
    """
    gone = sa.or_(Customer.merged_into_id.is_not(None), Customer.anonymised_at.is_not(None))
    query = sa.select(Customer.id, Customer.merged_into_id, Customer.platform_id).where(gone)
    rows = session.execute(query.order_by(Customer.id)).all()
    for customer_id, kept_id, platform_id in rows:
        with suppress(WizamartError), session.begin_nested():  # who refuses now is asked again tomorrow
            if kept_id is not None:
                merged = events.CustomerMerged(platform_id=platform_id, kept_id=kept_id, gone_id=customer_id)
                events.customer_merged.emit(session, merged, platform_id=platform_id)
            else:
                changed = events.CustomerChanged(platform_id=platform_id, customer_id=customer_id)
                events.customer_anonymised.emit(session, changed, platform_id=platform_id)
    return len(rows)


def _load(session: Session, kept_id: int, gone_id: int, *, lock: bool) -> tuple[Customer, Customer]:
    """Return both rows, locked in the order of their ids, so that two merges of one pair wait for each other."""
    if kept_id == gone_id:
        raise MergeWithSelf
    query = sa.select(Customer).where(Customer.id.in_((kept_id, gone_id))).order_by(Customer.id)
    if lock:
        query = query.with_for_update()
    rows = {row.id: row for row in session.scalars(query.execution_options(populate_existing=True))}
    if len(rows) < len((kept_id, gone_id)):
        raise CustomerNotFound
    if any(row.is_gone for row in rows.values()):
        raise MergeTooLate
    return rows[kept_id], rows[gone_id]


def _consents_after(session: Session, customer_ids: Sequence[int]) -> bool:
    query = sa.select(Consent.at, Consent.is_given).where(Consent.customer_id.in_(customer_ids))
    return merge_consents(Decision(row.at, row.is_given) for row in session.execute(query))


def _new_addresses(kept: Customer, gone: Customer) -> list[Address]:
    known = {tuple(getattr(one, name) for name in WRITTEN) for one in kept.addresses}
    return [one for one in gone.addresses if tuple(getattr(one, name) for name in WRITTEN) not in known]


def _move_addresses(kept: Customer, gone: Customer) -> None:
    """Write the addresses that are new behind those of the one who is kept, whose choices hold."""
    had_none = not kept.addresses
    for address in _new_addresses(kept, gone):
        values = {name: getattr(address, name) for name in WRITTEN}
        if had_none:
            values |= {"is_billing": address.is_billing, "is_shipping": address.is_shipping}
        copy = Address(platform_id=kept.platform_id, position=len(kept.addresses), **values)
        kept.addresses.append(copy)
    gone.addresses = []
    lives_at = kept.shipping_address
    kept.country = lives_at.country if lives_at else kept.country or gone.country


def _move_rows(session: Session, kept: Customer, gone: Customer) -> None:
    """Let consents, notes, tags, vendors and earlier merges follow; what both have stays once."""
    options: dict[str, Any] = {"execution_options": {"synchronize_session": False}}
    session.flush()  # the statements below go past what is pending
    for owned in (Consent, Note):
        session.execute(
            sa.update(owned).where(owned.customer_id == gone.id).values(customer_id=kept.id), **options
        )
    owner = sa.func.coalesce(Tag.vendor_id, 0)
    same = {
        (row.name, row.owner)
        for row in session.execute(
            sa.select(Tag.name, owner.label("owner")).where(Tag.customer_id == kept.id)
        )
    }
    for tag in session.scalars(sa.select(Tag).where(Tag.customer_id == gone.id)).all():
        if (tag.name, tag.vendor_id or 0) in same:
            session.delete(tag)
        else:
            tag.customer_id = kept.id
    known = set(
        session.scalars(sa.select(CustomerVendor.vendor_id).where(CustomerVendor.customer_id == kept.id))
    )
    for link in session.scalars(sa.select(CustomerVendor).where(CustomerVendor.customer_id == gone.id)).all():
        if link.vendor_id in known:
            session.delete(link)
        else:
            link.customer_id = kept.id
    session.execute(
        sa.update(Customer).where(Customer.merged_into_id == gone.id).values(merged_into_id=kept.id),
        **options,
    )
    session.execute(sa.delete(MatchKey).where(MatchKey.customer_id == gone.id), **options)
    is_about = sa.or_(DistinctPair.first_id == gone.id, DistinctPair.second_id == gone.id)
    session.execute(sa.delete(DistinctPair).where(is_about), **options)


def _empty(gone: Customer, *, kept: Customer, at: datetime) -> None:
    gone.name, gone.email, gone.phone = "", None, ""
    gone.user_id = gone.locale = gone.country = None
    gone.marketing_consent = False
    gone.merged_into_id, gone.merged_at = kept.id, at


def _tell(session: Session, kept: Customer, gone: Customer, *, actor_id: int | None, at: datetime) -> None:
    """Tell the trail, which holds no personal data, and the other modules, in this transaction."""
    audit.record(
        session,
        action="customers.merge",
        target=f"customer:{kept.id}",
        before={"customers": [kept.id, gone.id]},
        after={"customers": [kept.id]},
        actor_id=actor_id,
        platform_id=kept.platform_id,
        at=at,
    )
    payload = events.CustomerMerged(platform_id=kept.platform_id, kept_id=kept.id, gone_id=gone.id)
    events.customer_merged.emit(session, payload, platform_id=kept.platform_id)
