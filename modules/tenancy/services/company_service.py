"""Companies: who stands behind vendors. `platform_id` None looks across all platforms and is for super admins."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.core.services import audit_service
from modules.tenancy.exceptions import CompanyInUse, CompanyNotFound, CompanyShared
from modules.tenancy.models.company import Company, VendorProfile
from modules.tenancy.schemas.company import CompanyInput
from modules.tenancy.services.vat_service import check_vat_number
from wizamart import audit
from wizamart.platforms import Vendor, VendorPlatform, sells_on

SORTS: Final = {
    "legal_name": Company.legal_name,
    "city": Company.city,
    "country": Company.country,
    "created_at": Company.created_at,
}
SEARCH: Final = (Company.legal_name, Company.vat_number, Company.city)


def list_statement(*, platform_id: int | None) -> sa.Select[Any]:
    """Return the companies with how many vendors each owns."""
    vendors = (
        sa.select(sa.func.count())
        .where(VendorProfile.company_id == Company.id)
        .scalar_subquery()
        .label("vendors")
    )
    columns = (
        Company.id,
        Company.legal_name,
        Company.vat_number,
        Company.city,
        Company.country,
        Company.created_at,
    )
    statement: sa.Select[Any] = _visible(sa.select(*columns, vendors), platform_id)
    return statement


def list_choices(session: Session, *, platform_id: int | None) -> list[tuple[int, str]]:
    """Return the companies as options of a form."""
    query = _visible(sa.select(Company.id, Company.legal_name), platform_id).order_by(Company.legal_name)
    return [(row.id, row.legal_name) for row in session.execute(query)]


def read_names(session: Session, targets: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Return the names of the companies among the targets of the audit trail, by id."""
    return audit_service.read_names(session, targets, "company", key=Company.id, name=Company.legal_name)


def search(session: Session, text: str, *, platform_id: int, limit: int) -> Sequence[Any]:
    """Return companies whose name or VAT number contains the text."""
    matches = sa.or_(
        Company.legal_name.icontains(text, autoescape=True),
        Company.vat_number.icontains(text, autoescape=True),
    )
    statement = list_statement(platform_id=platform_id).where(matches)
    return session.execute(statement.order_by(Company.legal_name).limit(limit)).all()


def get_company(session: Session, company_id: int, *, platform_id: int | None) -> Company:
    """Return a company.

    :raises CompanyNotFound: when there is none, or it has nothing to do with this platform.
    """
    query = _visible(sa.select(Company).where(Company.id == company_id), platform_id)
    found: Company | None = session.scalars(query).one_or_none()
    if found is None:
        raise CompanyNotFound
    return found


def find_company_of(session: Session, vendor_id: int) -> Company | None:
    """Return the company that owns a vendor."""
    query = sa.select(Company).join(VendorProfile, VendorProfile.company_id == Company.id)
    return session.scalars(query.where(VendorProfile.vendor_id == vendor_id)).one_or_none()


def get_company_of(session: Session, vendor_id: int) -> Company:
    """Return the company that owns a vendor.

    :raises CompanyNotFound: when nobody has named one.
    """
    found = find_company_of(session, vendor_id)
    if found is None:
        raise CompanyNotFound
    return found


def list_vendors(session: Session, company: Company, *, platform_id: int | None) -> Sequence[Vendor]:
    """Return the vendors that the company owns, as far as they sell on this platform."""
    query = (
        sa.select(Vendor)
        .join(VendorProfile, VendorProfile.vendor_id == Vendor.id)
        .where(VendorProfile.company_id == company.id)
        .order_by(Vendor.name)
    )
    if platform_id is not None:
        query = query.where(sells_on(platform_id))
    return session.scalars(query).all()


def create_company(
    session: Session, data: CompanyInput, *, platform_id: int | None, actor_id: int | None, at: datetime
) -> Company:
    """Create a company; admins of `platform_id` see it before it owns a vendor.

    :raises VatNumberInvalid, VatNumberOfOtherCountry: at the field `vat_number`.
    """
    company = Company(**_values(data), platform_id=platform_id, created_at=at)
    session.add(company)
    session.flush()  # the trail needs the id
    _record(
        session, company, "create", platform_id=platform_id, actor_id=actor_id, at=at, after=_values(data)
    )
    return company


def update_company(
    session: Session,
    company: Company,
    data: CompanyInput,
    *,
    platform_id: int | None,
    actor_id: int | None,
    at: datetime,
) -> None:
    """Change a company's data.

    :raises CompanyShared: when a platform's admin changes what stands behind vendors elsewhere.
    :raises VatNumberInvalid, VatNumberOfOtherCountry: at the field `vat_number`.
    """
    if platform_id is not None and _sells_elsewhere(session, company, platform_id):
        raise CompanyShared
    _change(session, company, data, platform_id=platform_id, actor_id=actor_id, at=at)


def update_own_company(
    session: Session,
    company: Company,
    data: CompanyInput,
    *,
    platform_id: int,
    actor_id: int | None,
    at: datetime,
) -> None:
    """Change the company on behalf of its only vendor.

    :raises CompanyShared: when it owns others, too.
    """
    owned = sa.select(sa.func.count()).where(VendorProfile.company_id == company.id)
    if (session.scalar(owned) or 0) > 1:
        raise CompanyShared
    _change(session, company, data, platform_id=platform_id, actor_id=actor_id, at=at)


def delete_company(
    session: Session, company: Company, *, platform_id: int | None, actor_id: int | None, at: datetime
) -> None:
    """Delete a company that owns no vendor.

    :raises CompanyInUse: when it owns one.
    """
    if session.scalar(sa.select(sa.exists().where(VendorProfile.company_id == company.id))):
        raise CompanyInUse
    before = {"legal_name": company.legal_name, "vat_number": company.vat_number}
    _record(session, company, "delete", platform_id=platform_id, actor_id=actor_id, at=at, before=before)
    session.delete(company)


def _visible(query: Any, platform_id: int | None) -> Any:
    """Restrict to companies of vendors that sell on the platform, and those that were created on it."""
    if platform_id is None:
        return query
    owns = (
        sa.exists()
        .where(VendorProfile.company_id == Company.id)
        .where(VendorPlatform.vendor_id == VendorProfile.vendor_id)
        .where(VendorPlatform.platform_id == platform_id)
    )
    owns_any = sa.exists().where(VendorProfile.company_id == Company.id)
    return query.where(sa.or_(owns, sa.and_(Company.platform_id == platform_id, ~owns_any)))


def _sells_elsewhere(session: Session, company: Company, platform_id: int) -> bool:
    query = sa.exists().where(
        VendorProfile.company_id == company.id,
        VendorPlatform.vendor_id == VendorProfile.vendor_id,
        VendorPlatform.platform_id != platform_id,
    )
    return bool(session.scalar(sa.select(query)))


def _values(data: CompanyInput) -> dict[str, Any]:
    values = data.model_dump()
    number = (data.vat_number or "").strip()
    values["vat_number"] = check_vat_number(number, country=data.country) if number else None
    return values


def _change(
    session: Session,
    company: Company,
    data: CompanyInput,
    *,
    platform_id: int | None,
    actor_id: int | None,
    at: datetime,
) -> None:
    values = _values(data)
    before = {name: getattr(company, name) for name in values}
    if before == values:
        return
    for name, value in values.items():
        setattr(company, name, value)
    _record(
        session,
        company,
        "update",
        platform_id=platform_id,
        actor_id=actor_id,
        at=at,
        before=before,
        after=values,
    )


def _record(
    session: Session,
    company: Company,
    action: str,
    *,
    platform_id: int | None,
    actor_id: int | None,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    audit.record(
        session,
        action=f"tenancy.company.{action}",
        target=f"company:{company.id}",
        actor_id=actor_id,
        platform_id=platform_id,
        before=before,
        after=after,
        at=at,
    )
