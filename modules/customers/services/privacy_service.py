"""What a person may ask for by law: everything that is kept about them, and that it is no longer about them.

Articles 15, 17 and 20 of the General Data Protection Regulation. Other modules add what they keep through the hook
`customers.personal_data`: `(session, *, platform_id, customer_id) -> dict`, which gives the rows by the name of what
they are. They hear of an anonymisation by its event, and may refuse it with a `RuleViolation`.

What vendors have entered themselves about the person under the same e-mail address belongs to both answers. The vendors
are not asked, and learn nothing of whom the platform knows: only that somebody wanted to be forgotten.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.customers import events
from modules.customers.models.customer import IS_PERSON, Customer, DistinctPair
from modules.customers.models.record import Consent, Note, Tag
from modules.customers.services import (
    address_service,
    import_service,
    match_service,
    merge_service,
    record_service,
    timeline_service,
)
from wizamart import audit
from wizamart.auth import user_service
from wizamart.module_system.manager import current_manager
from wizamart.permissions import RoleAssignment
from wizamart.platforms import Vendor, across_tenants, scoped

HOOK = "customers.personal_data"


def list_vendor_entries(session: Session, email: str) -> Sequence[tuple[Customer, str]]:
    """Return what vendors of the platform have entered themselves under an e-mail address, with their names."""
    query = sa.select(Customer, Vendor.name).join(Vendor, Vendor.id == Customer.owner_vendor_id)
    query = query.where(Customer.email == email.strip().lower(), IS_PERSON).order_by(Customer.id)
    return [(entry, name) for entry, name in session.execute(query)]


def export_person(
    session: Session, customer: Customer | None, *, platform_id: int, email: str | None = None
) -> dict[str, Any]:
    """Return what is kept about a person on the platform, by this module and by all others, as JSON holds it.

    With `email`, an address that they have proved to be theirs, so is what vendors have entered under it.
    """
    with scoped(session, platform_id):
        kept = _export_entry(session, customer) if customer is not None else {}
        others = list_vendor_entries(session, email) if email else ()
        kept["entries_of_vendors"] = [
            {"vendor": name, **_export_entry(session, entry)}
            for entry, name in others
            if entry is not customer
        ]
        return kept


def _export_entry(session: Session, customer: Customer) -> dict[str, Any]:
    entries = timeline_service.list_entries(
        session, platform_id=customer.platform_id, customer_id=customer.id
    )
    tags = sa.select(Tag.name).where(Tag.customer_id == customer.id).order_by(Tag.name)
    notes = sa.select(Note).where(Note.customer_id == customer.id).order_by(Note.created_at, Note.id)
    return {
        "profile": {
            "name": customer.name,
            "email": customer.email,
            "phone": customer.phone,
            "language": customer.locale,
            "country": customer.country,
            "customer_since": customer.created_at.isoformat(),
        },
        "addresses": [_address(address) for address in customer.addresses],
        "marketing_consent": {
            "is_given": customer.marketing_consent,
            "history": [_consent(row) for row in record_service.list_consents(session, customer)],
        },
        "tags": list(session.scalars(tags)),
        "notes": [{"at": note.created_at.isoformat(), "text": note.text} for note in session.scalars(notes)],
        "history": [
            {"at": entry.at.isoformat(), "title": str(entry.title), "detail": str(entry.detail)}
            for entry in entries
        ],
        "modules": _collect(session, customer),
    }


def _collect(session: Session, customer: Customer) -> dict[str, dict[str, Any]]:
    """Ask the other modules, for the rows that were merged into this one too."""
    manager = current_manager()
    state = manager.state_of(session, customer.platform_id)
    found: dict[str, dict[str, Any]] = {}
    for customer_id in (customer.id, *merge_service.list_absorbed(session, customer.id)):
        answers = manager.contributions.collect(
            HOOK, state, session, platform_id=customer.platform_id, customer_id=customer_id
        )
        for code, answer in answers:
            kept = found.setdefault(code, {})
            for name, rows in answer.items():
                kept[name] = [*kept.get(name, []), *rows]
    return found


def anonymise(
    session: Session, customer: Customer, *, actor_id: int | None, at: datetime, email: str | None = None
) -> None:
    """Take the person out of everything that is kept; the row stays, so that orders still refer to one.

    With `email`, an address of theirs, what vendors have entered under it goes too. Their account goes, unless they
    work in a portal or are a customer elsewhere. Doing it again changes nothing.

    :raises RuleViolation: when another module still needs the person, for an order on its way for example.
    """
    with scoped(session, customer.platform_id):  # a vendor's shop sees only its own part of what has to go
        if email is not None:
            anonymise_vendor_entries(session, email, actor_id=actor_id, at=at)
        if not customer.is_gone:
            _anonymise(session, customer, actor_id=actor_id, at=at)


def anonymise_vendor_entries(session: Session, email: str, *, actor_id: int | None, at: datetime) -> None:
    """Take the person out of what vendors of the platform have entered under an e-mail address.

    :raises RuleViolation: when another module still needs the person.
    """
    for entry, _name in list_vendor_entries(session, email):
        _anonymise(session, entry, actor_id=actor_id, at=at)


def _anonymise(session: Session, customer: Customer, *, actor_id: int | None, at: datetime) -> None:
    user_id, email = customer.user_id, customer.email
    customer.name, customer.email, customer.phone = "", None, ""
    customer.user_id = customer.locale = None
    customer.marketing_consent = False
    customer.addresses = []
    customer.anonymised_at = at
    for owned in (Note, Tag):
        session.execute(sa.delete(owned).where(owned.customer_id == customer.id))
    is_about = sa.or_(DistinctPair.first_id == customer.id, DistinctPair.second_id == customer.id)
    session.execute(sa.delete(DistinctPair).where(is_about))
    match_service.refresh_keys(session, customer)
    if email is not None:
        import_service.forget_person(session, email, at=at)
    session.flush()  # the account is looked at without this row
    if user_id is not None:
        close_account(session, user_id, at=at)
    audit.record(
        session,
        action="customers.anonymise",
        target=f"customer:{customer.id}",
        actor_id=actor_id,
        platform_id=customer.platform_id,
        at=at,
    )
    for customer_id in (customer.id, *merge_service.list_absorbed(session, customer.id)):
        payload = events.CustomerChanged(platform_id=customer.platform_id, customer_id=customer_id)
        events.customer_anonymised.emit(session, payload, platform_id=customer.platform_id)


def close_account(session: Session, user_id: int, *, at: datetime) -> None:
    """Close a person's account with all its sessions, unless they work in a portal or are a customer elsewhere."""
    user = user_service.get_user(session, user_id)
    has_role = session.scalar(sa.select(sa.exists().where(RoleAssignment.user_id == user_id)))
    with across_tenants(session, "is somebody who is anonymised a customer of another platform"):
        is_customer = session.scalar(sa.select(sa.exists().where(Customer.user_id == user_id)))
    if has_role or is_customer or user.is_super_admin:
        return
    user_service.deactivate(session, user, actor_id=None, at=at)
    user.email = f"anonymised-{user.id}@wizamart.invalid"
    user.display_name = "–"
    user.password_hash = None
    user.totp_secret = None
    user.recovery_codes = []


def _address(address: Any) -> dict[str, str]:
    return {name: getattr(address, name) for name in address_service.WRITTEN}


def _consent(row: Consent) -> dict[str, Any]:
    return {
        "at": row.at.isoformat(),
        "is_given": row.is_given,
        "source": row.source,
        "occasion": row.detail,
    }
