"""What the lines of a file would do, and doing it: the preview and the import run through the same plan."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from modules.customers.models.customer import Customer, CustomerVendor
from modules.customers.models.customer_import import CustomerImport, ImportLine
from modules.customers.models.record import Consent
from modules.customers.schemas.customer import MOST_ADDRESSES, MOST_TAGS, AddressForm
from modules.customers.schemas.import_draft import Draft, LineRefused, read_line
from modules.customers.schemas.import_state import ImportStatus, Verdict
from modules.customers.services import (
    address_service,
    customer_service,
    import_service,
    match_service,
    record_service,
)
from wizamart import csv_reader
from wizamart.auth import user_service
from wizamart.csv_reader import FileRefused, Place, Record
from wizamart.exceptions import InvalidInput, WizamartError
from wizamart.i18n import gettext as _

READ_LINES: Final = 1000
APPLY_LINES: Final = 200
SOURCE: Final = "import"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the customers whom some lines name."""

    by_email: dict[str, Customer]
    tags: dict[int, list[str]]
    has_decided: frozenset[int]
    foreign: frozenset[int]


@dataclass(slots=True)
class Plan:
    """What one line changes; a customer of others only gets tags."""

    customer: Customer | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    address: AddressForm | None = None
    tags: list[str] = field(default_factory=list)
    consents: bool = False

    @property
    def verdict(self) -> Verdict:
        """What to call it."""
        if self.customer is None:
            return Verdict.CREATE
        is_changed = bool(self.fields or self.address or self.tags or self.consents)
        return Verdict.UPDATE if is_changed else Verdict.UNCHANGED


def read_next(
    session: Session, row: CustomerImport, place: Place, *, at: datetime, locale: str | None
) -> None:
    """Read and judge the next lines of a file; a file that cannot be read is refused with the reason."""
    if row.status != ImportStatus.READING:
        return
    try:
        if not place.offset:
            import_service.look_at_file(session, row)
        with session.begin_nested():
            end = _read_lines(session, row, place)
    except FileRefused as refusal:
        row.status, row.problem, row.finished_at = ImportStatus.REFUSED, str(refusal), at
        session.execute(sa.delete(ImportLine).where(ImportLine.import_id == row.id))
        return
    if end is not None:
        import_service.read_on(session, row, end, locale=locale)
        return
    row.counts = import_service.count_verdicts(session, row.id)
    row.status = ImportStatus.READY


def _read_lines(session: Session, row: CustomerImport, place: Place) -> Place | None:
    """Read some lines and return where they end, or None at the end of the file."""
    keys = [column["field"] or f"?{number}" for number, column in enumerate(row.columns)]
    reading = csv_reader.read_records(
        lambda: import_service.chunks_from(session, row.id, place.offset),
        row.encoding,
        row.delimiter,
        keys,
        start=place,
    )
    records = list(islice(reading, READ_LINES))
    if records:
        _keep(session, row, records)
        row.lines += len(records)
    elif not row.lines:
        raise FileRefused(_("The file has headings, but no lines below them."))
    return records[-1].end if len(records) == READ_LINES else None


def _keep(session: Session, row: CustomerImport, records: Sequence[Record]) -> None:
    """Store the lines with what each would do."""
    drafts: dict[int, Draft | str] = {record.number: _draft(record) for record in records}
    good = [draft for draft in drafts.values() if isinstance(draft, Draft)]
    known = _look_up(session, row, [draft.email for draft in good])
    seen = _seen_before(session, row, [draft.email for draft in good])
    rows = []
    for record in records:
        draft = drafts[record.number]
        stored = {
            "platform_id": row.platform_id,
            "import_id": row.id,
            "number": record.number,
            "verdict": Verdict.REFUSED.value,
            "reason": draft if isinstance(draft, str) else "",
            "email": record.values.get("email", "")[:254],
            "name": record.values.get("name", "")[:120],
            "values": {},
        }
        if isinstance(draft, Draft):
            stored |= {"email": draft.email, "name": draft.name[:120], "values": draft.as_values()}
            if draft.email in seen:
                stored["reason"] = _("The same address stands in line %(line)s.", line=seen[draft.email])
            else:
                seen[draft.email] = record.number
                plan = make_plan(draft, known, has_source=False)
                stored |= {"verdict": plan.verdict.value, "reason": " ".join(draft.remarks)}
                row.consents += draft.consents
        rows.append(stored)
    session.execute(sa.insert(ImportLine), rows)


def _draft(record: Record) -> Draft | str:
    """Return what a line says, or why it is refused."""
    if record.problem:
        return record.problem
    try:
        draft = read_line(record.values)
        draft.email = user_service.check_email(draft.email)
    except LineRefused as refusal:
        return str(refusal)
    except InvalidInput as error:
        return " ".join(text for texts in error.errors.values() for text in texts) or str(error)
    return draft


def _seen_before(session: Session, row: CustomerImport, emails: Sequence[str]) -> dict[str, int]:
    query = sa.select(ImportLine.email, ImportLine.number).where(
        ImportLine.import_id == row.id, ImportLine.email.in_(emails), ImportLine.verdict != Verdict.REFUSED
    )
    return {found.email: found.number for found in session.execute(query)}


def _look_up(session: Session, row: CustomerImport, emails: Sequence[str]) -> Known:
    """Return the customers with these addresses whom the importer sees, in a few queries."""
    query = sa.select(Customer).where(Customer.email.in_(emails)).options(selectinload(Customer.addresses))
    if row.vendor_id is None:
        query = query.where(Customer.owner_vendor_id.is_(None))
    else:
        links = sa.select(CustomerVendor.customer_id).where(CustomerVendor.vendor_id == row.vendor_id)
        query = query.where(Customer.id.in_(links)).order_by(Customer.owner_vendor_id.is_(None))
    by_email = {str(one.email): one for one in session.scalars(query)}
    ids = [one.id for one in by_email.values()]
    decided = sa.select(Consent.customer_id).where(Consent.customer_id.in_(ids)).distinct()
    foreign: frozenset[int] = frozenset()
    if row.vendor_id is not None:
        found = list(by_email.values())
        foreign = customer_service.list_shared(session, found, vendor_id=row.vendor_id)
    return Known(
        by_email,
        record_service.tags_of(session, ids, vendor_id=row.vendor_id),
        frozenset(session.scalars(decided)),
        foreign,
    )


def make_plan(draft: Draft, known: Known, *, has_source: bool) -> Plan:
    """Return what a line changes: a file fills in and adds, takes nothing away, and overrules nobody on news."""
    customer = known.by_email.get(draft.email)
    if customer is None:
        return Plan(consents=draft.consents and has_source, tags=draft.tags)
    present = known.tags[customer.id]
    room = max(0, MOST_TAGS - len(present))
    folded = {tag.casefold() for tag in present}
    plan = Plan(customer, tags=[tag for tag in draft.tags if tag.casefold() not in folded][:room])
    if customer.id in known.foreign:
        return plan
    said = {"name": draft.name, "phone": draft.phone, "locale": draft.locale}
    plan.fields = {name: value for name, value in said.items() if value and value != getattr(customer, name)}
    if draft.address:
        form = AddressForm.model_validate(draft.address)
        is_known = any(address_service.is_same(one, form) for one in customer.addresses)
        plan.address = None if is_known or len(customer.addresses) >= MOST_ADDRESSES else form
    elif draft.country and not customer.addresses and draft.country != customer.country:
        plan.fields["country"] = draft.country
    plan.consents = draft.consents and has_source and customer.id not in known.has_decided
    return plan


def apply_next(
    session: Session, row: CustomerImport, *, after: int, at: datetime, locale: str | None
) -> None:
    """Bring in the next lines of a file: some of them, or with `is_all_or_nothing` all in one transaction."""
    while row.status == ImportStatus.APPLYING:
        lines = import_service.list_lines(session, row.id, after=after, limit=APPLY_LINES).all()
        if not lines:
            import_service.finish(session, row, ImportStatus.DONE, at=at)
            return
        good = [line for line in lines if line.verdict != Verdict.REFUSED]
        known = _look_up(session, row, [line.email for line in good])
        for line in good:
            _apply_line(session, row, line, known, at=at)
        row.applied_lines += len(lines)
        after = lines[-1].number
        session.flush()  # what is written leaves the session before the next lines come
        if not row.is_all_or_nothing:
            import_service.apply_on(session, row, after=after, locale=locale)
            return


def _apply_line(
    session: Session, row: CustomerImport, line: ImportLine, known: Known, *, at: datetime
) -> None:
    draft = Draft(**line.values)
    plan = make_plan(draft, known, has_source=bool(row.consent_source))
    line.verdict = plan.verdict
    try:
        with session.begin_nested():
            _apply_plan(session, row, draft, plan, at=at)
    except WizamartError as error:
        if row.is_all_or_nothing:
            raise
        line.verdict, line.reason = Verdict.REFUSED, str(error)


def _apply_plan(session: Session, row: CustomerImport, draft: Draft, plan: Plan, *, at: datetime) -> None:
    customer = plan.customer
    if customer is None:
        customer = _create(session, row, draft, at=at)
    else:
        for name, value in plan.fields.items():
            setattr(customer, name, value)
        if plan.address is not None:
            address_service.add_address(session, customer, plan.address)
        elif plan.fields:
            match_service.refresh_keys(session, customer)
        if plan.tags:
            known = record_service.tags_of(session, [customer.id], vendor_id=row.vendor_id)[customer.id]
            record_service.set_tags(session, customer, [*known, *plan.tags], vendor_id=row.vendor_id)
    if plan.consents:
        record_service.set_consent(
            session,
            customer,
            is_given=True,
            source=SOURCE,
            actor_id=row.created_by_user_id,
            at=at,
            detail=row.consent_source,
        )


def _create(session: Session, row: CustomerImport, draft: Draft, *, at: datetime) -> Customer:
    customer = customer_service.create_customer(
        session,
        draft.as_form(),
        platform_id=row.platform_id,
        at=at,
        actor_id=row.created_by_user_id,
        source=SOURCE,
        vendor_id=row.vendor_id,
        is_announced=False,
    )
    if not draft.address:
        customer.country = draft.country
    if draft.note:
        record_service.add_note(
            session,
            customer,
            text=draft.note,
            author_id=row.created_by_user_id,
            author_name=row.file_name[:120],
            at=at,
            vendor_id=row.vendor_id,
        )
    return customer
