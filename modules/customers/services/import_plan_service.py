"""What the lines of a file would do, and doing it: the preview and the import run through the same plan."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from modules.customers.models.customer import Customer, CustomerVendor
from modules.customers.models.customer_import import CustomerImport, ImportLine
from modules.customers.models.record import Consent
from modules.customers.schemas.customer import MOST_ADDRESSES, MOST_TAGS, AddressForm
from modules.customers.schemas.import_draft import Draft
from modules.customers.services import address_service, customer_service, match_service, record_service
from wizamart import imports
from wizamart.i18n import gettext as _
from wizamart.imports import Verdict

SOURCE: Final = "import"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the customers whom some lines name."""

    by_email: dict[str, Customer]
    tags: dict[int, list[str]]
    has_decided: frozenset[int]
    foreign: frozenset[int]


@dataclass(slots=True, kw_only=True)
class Plan(imports.Plan):
    """What one line changes; a customer of others only gets tags."""

    draft: Draft
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


class CustomerBatch(imports.Batch[Plan]):
    """Lines of a file with the customers whom they name; for the preview, also with earlier lines of the same."""

    def __init__(
        self,
        session: Session,
        row: CustomerImport,
        lines: Sequence[ImportLine],
        *,
        is_preview: bool,
        at: datetime,
    ) -> None:
        self.session, self.row, self.at = session, row, at
        emails = [line.email for line in lines]
        self.known = _look_up(session, row, emails)
        self.first = _first_lines(session, row, emails) if is_preview else {}
        if is_preview:
            row.consents += sum(
                line.values["consents"] for line in lines if self.first[line.email] == line.number
            )

    def plan(self, lines: Sequence[ImportLine]) -> Plan:
        """Return what a line changes, once for each address."""
        (line,) = lines
        draft = Draft(**line.values)
        first = self.first.get(line.email, line.number)
        if first != line.number:
            reason = _("The same address stands in line %(line)s.", line=first)
            return Plan(draft=draft, refused={line.number: reason})
        plan = make_plan(draft, self.known, has_source=bool(self.row.consent_source))
        plan.verdicts[line.number] = plan.verdict
        plan.remarks[line.number] = " ".join(draft.remarks)
        return plan

    def apply(self, plan: Plan) -> None:
        """Create the customer, or write down what is new."""
        _apply_plan(self.session, self.row, plan, at=self.at)


def _first_lines(session: Session, row: CustomerImport, emails: Sequence[str]) -> dict[str, int]:
    """Return the number of the first line of the file that has each address."""
    query = (
        sa.select(ImportLine.email, sa.func.min(ImportLine.number).label("number"))
        .where(
            ImportLine.import_id == row.id,
            ImportLine.email.in_(emails),
            ImportLine.verdict != Verdict.REFUSED,
        )
        .group_by(ImportLine.email)
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
        return Plan(draft=draft, consents=draft.consents and has_source, tags=draft.tags)
    present = known.tags[customer.id]
    room = max(0, MOST_TAGS - len(present))
    folded = {tag.casefold() for tag in present}
    new_tags = [tag for tag in draft.tags if tag.casefold() not in folded][:room]
    plan = Plan(draft=draft, customer=customer, tags=new_tags)
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


def _apply_plan(session: Session, row: CustomerImport, plan: Plan, *, at: datetime) -> None:
    customer = plan.customer
    if customer is None:
        customer = _create(session, row, plan.draft, at=at)
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
