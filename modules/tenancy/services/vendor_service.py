"""Vendors: who sells where, and in what state. `platform_id` None looks across platforms and is for super admins."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.tenancy import events
from modules.tenancy.events import VendorChanged
from modules.tenancy.exceptions import PlatformsMissing, VendorNotFound, VendorShared, VendorStatusConflict
from modules.tenancy.models.company import Company, VendorProfile
from modules.tenancy.schemas.vendor import VendorProfileInput
from modules.tenancy.services.code_service import check_code
from wizamart import audit
from wizamart.module_system.events import DomainEvent
from wizamart.platforms import Platform, Vendor, VendorPlatform, VendorStatus, sells_on

COMPANY_NAME: Final = Company.legal_name
SEARCH: Final = (Vendor.name, Vendor.code, Company.legal_name)
PROFILE_FIELDS: Final = ("contact_email", "contact_phone", "website", "description")


def list_statement(*, platform_id: int | None) -> sa.Select[Any]:
    """Return the vendors with their companies and on how many platforms each sells."""
    platforms = (
        sa.select(sa.func.count())
        .where(VendorPlatform.vendor_id == Vendor.id)
        .scalar_subquery()
        .label("platforms")
    )
    query = (
        sa.select(
            Vendor.id,
            Vendor.code,
            Vendor.name,
            Vendor.status,
            Vendor.created_at,
            Company.legal_name.label("company"),
            platforms,
        )
        .outerjoin(VendorProfile, VendorProfile.vendor_id == Vendor.id)
        .outerjoin(Company, Company.id == VendorProfile.company_id)
    )
    statement: sa.Select[Any] = _visible(query, platform_id)
    return statement


def list_choices(session: Session, platform_id: int) -> list[tuple[int, str]]:
    """Return the platform's vendors as options of a form."""
    query = _visible(sa.select(Vendor.id, Vendor.name), platform_id).order_by(Vendor.name)
    return [(row.id, row.name) for row in session.execute(query)]


def count_by_status(session: Session, platform_id: int) -> dict[str, int]:
    """Return how many of the platform's vendors are in each state."""
    query = _visible(sa.select(Vendor.status, sa.func.count()), platform_id).group_by(Vendor.status)
    return {row[0]: row[1] for row in session.execute(query)}


def get_vendor(session: Session, vendor_id: int, *, platform_id: int | None) -> Vendor:
    """Return a vendor.

    :raises VendorNotFound: when there is none, or it does not sell on this platform.
    """
    query = _visible(sa.select(Vendor).where(Vendor.id == vendor_id), platform_id)
    found: Vendor | None = session.scalars(query).one_or_none()
    if found is None:
        raise VendorNotFound
    return found


def get_profile(session: Session, vendor: Vendor) -> VendorProfile:
    """Return what a vendor has beyond its name; one that nobody wrote yet is empty and not stored."""
    query = sa.select(VendorProfile).where(VendorProfile.vendor_id == vendor.id)
    return session.scalars(query).one_or_none() or VendorProfile(vendor_id=vendor.id, description="")


def list_platforms_of(session: Session, vendor: Vendor) -> Sequence[Platform]:
    """Return the platforms on which a vendor sells."""
    query = sa.select(Platform).join(VendorPlatform, VendorPlatform.platform_id == Platform.id)
    return session.scalars(query.where(VendorPlatform.vendor_id == vendor.id).order_by(Platform.name)).all()


def is_shared(session: Session, vendor: Vendor, platform_id: int) -> bool:
    """Tell whether the vendor also sells on another platform."""
    other = sa.exists().where(
        VendorPlatform.vendor_id == vendor.id, VendorPlatform.platform_id != platform_id
    )
    return bool(session.scalar(sa.select(other)))


def create_vendor(
    session: Session,
    data: VendorProfileInput,
    *,
    code: str,
    platform_ids: Iterable[int],
    company_id: int | None,
    actor_id: int | None,
    at: datetime,
) -> Vendor:
    """Create a vendor that waits for approval.

    :raises CodeTaken, CodeReserved, PlatformsMissing: at their fields.
    """
    wanted = sorted(set(platform_ids))
    if not wanted:
        raise PlatformsMissing
    check_code(session, Vendor.code, code)
    vendor = Vendor(code=code, name=data.name, status=VendorStatus.PENDING, created_at=at)
    session.add(vendor)
    session.flush()  # its profile and platforms need the id
    session.add_all(VendorPlatform(vendor_id=vendor.id, platform_id=one) for one in wanted)
    session.add(VendorProfile(vendor_id=vendor.id, company_id=company_id, **_profile_values(data)))
    session.flush()  # the event names the platforms
    _record(session, vendor, "create", actor_id=actor_id, at=at, after={"code": code, "platforms": wanted})
    _tell(session, events.vendor_created, vendor, actor_id=actor_id)
    return vendor


def update_vendor(
    session: Session,
    vendor: Vendor,
    data: VendorProfileInput,
    *,
    platform_id: int | None,
    company_id: int | None,
    actor_id: int | None,
    at: datetime,
) -> None:
    """Change name, profile and company on behalf of an admin.

    :raises VendorShared: when a platform's admin changes a vendor that also sells elsewhere.
    """
    _refuse_shared(session, vendor, platform_id)
    profile = _stored_profile(session, vendor)
    before = {"company_id": profile.company_id}
    if profile.company_id != company_id:
        profile.company_id = company_id
        after = {"company_id": company_id}
        _record(session, vendor, "set_company", actor_id=actor_id, at=at, before=before, after=after)
    update_profile(session, vendor, data, actor_id=actor_id, at=at)


def update_profile(
    session: Session, vendor: Vendor, data: VendorProfileInput, *, actor_id: int | None, at: datetime
) -> None:
    """Change what a vendor tells of itself."""
    profile = _stored_profile(session, vendor)
    before = {"name": vendor.name, **{name: getattr(profile, name) for name in PROFILE_FIELDS}}
    after = {"name": data.name, **_profile_values(data)}
    if before == after:
        return
    vendor.name = data.name
    for name, value in _profile_values(data).items():
        setattr(profile, name, value)
    _record(session, vendor, "update", actor_id=actor_id, at=at, before=before, after=after)


def set_platforms(
    session: Session, vendor: Vendor, platform_ids: Iterable[int], *, actor_id: int | None, at: datetime
) -> None:
    """Say where a vendor sells; what it has on a platform that it leaves stays there, unseen.

    :raises PlatformsMissing: when it would sell nowhere.
    """
    wanted = set(platform_ids)
    if not wanted:
        raise PlatformsMissing
    query = sa.select(VendorPlatform).where(VendorPlatform.vendor_id == vendor.id)
    rows = {row.platform_id: row for row in session.scalars(query)}
    if set(rows) == wanted:
        return
    for platform_id in set(rows) - wanted:
        session.delete(rows[platform_id])
    session.add_all(VendorPlatform(vendor_id=vendor.id, platform_id=one) for one in wanted - set(rows))
    before, after = {"platforms": sorted(rows)}, {"platforms": sorted(wanted)}
    _record(session, vendor, "set_platforms", actor_id=actor_id, at=at, before=before, after=after)


def approve_vendor(
    session: Session, vendor: Vendor, *, platform_id: int | None, actor_id: int | None, at: datetime
) -> None:
    """Let a pending vendor sell; approving an active one changes nothing.

    :raises VendorShared, VendorStatusConflict: when it is not theirs to decide, or it is suspended.
    """
    if _changes(session, vendor, platform_id=platform_id, of=VendorStatus.PENDING, to=VendorStatus.ACTIVE):
        _stored_profile(session, vendor).approved_at = at
        _record(session, vendor, "approve", actor_id=actor_id, at=at)
        _tell(session, events.vendor_approved, vendor, actor_id=actor_id)


def suspend_vendor(
    session: Session,
    vendor: Vendor,
    *,
    reason: str,
    platform_id: int | None,
    actor_id: int | None,
    at: datetime,
) -> None:
    """Close a vendor's portal and storefront; its data stays, and its people keep their roles.

    :raises VendorShared, VendorStatusConflict: when it is not theirs to decide, or it is not active.
    """
    if _changes(session, vendor, platform_id=platform_id, of=VendorStatus.ACTIVE, to=VendorStatus.SUSPENDED):
        profile = _stored_profile(session, vendor)
        profile.suspended_at, profile.suspension_reason = at, reason
        _record(session, vendor, "suspend", actor_id=actor_id, at=at, after={"reason": reason})
        _tell(session, events.vendor_suspended, vendor, actor_id=actor_id, reason=reason)


def reactivate_vendor(
    session: Session, vendor: Vendor, *, platform_id: int | None, actor_id: int | None, at: datetime
) -> None:
    """Let a suspended vendor go on.

    :raises VendorShared, VendorStatusConflict: when it is not theirs to decide, or it never was active.
    """
    if _changes(session, vendor, platform_id=platform_id, of=VendorStatus.SUSPENDED, to=VendorStatus.ACTIVE):
        profile = _stored_profile(session, vendor)
        profile.suspended_at, profile.suspension_reason = None, None
        _record(session, vendor, "reactivate", actor_id=actor_id, at=at)
        _tell(session, events.vendor_reactivated, vendor, actor_id=actor_id)


def _visible(query: Any, platform_id: int | None) -> Any:
    if platform_id is None:
        return query
    return query.where(sells_on(platform_id))


def _changes(
    session: Session, vendor: Vendor, *, platform_id: int | None, of: VendorStatus, to: VendorStatus
) -> bool:
    """Change the status and tell whether it did; the row is locked, so that of two admins one comes second."""
    _refuse_shared(session, vendor, platform_id)
    session.refresh(vendor, with_for_update=True)
    if vendor.status == to:
        return False
    if vendor.status != of:
        raise VendorStatusConflict
    vendor.status = to
    return True


def _refuse_shared(session: Session, vendor: Vendor, platform_id: int | None) -> None:
    if platform_id is not None and is_shared(session, vendor, platform_id):
        raise VendorShared


def _stored_profile(session: Session, vendor: Vendor) -> VendorProfile:
    profile = get_profile(session, vendor)
    session.add(profile)
    return profile


def _profile_values(data: VendorProfileInput) -> dict[str, Any]:
    website = str(data.website) if data.website else None
    return {
        "contact_email": data.contact_email,
        "contact_phone": data.contact_phone,
        "website": website,
        "description": data.description,
    }


def _tell(
    session: Session,
    event: DomainEvent[VendorChanged],
    vendor: Vendor,
    *,
    actor_id: int | None,
    reason: str | None = None,
) -> None:
    """Emit an event once for each platform on which the vendor sells: each has handlers of its own."""
    for platform in list_platforms_of(session, vendor):
        payload = VendorChanged(
            platform_id=platform.id,
            vendor_id=vendor.id,
            vendor_name=vendor.name,
            actor_id=actor_id,
            reason=reason,
        )
        event.emit(session, payload, platform_id=platform.id, vendor_id=vendor.id)


def _record(
    session: Session,
    vendor: Vendor,
    action: str,
    *,
    actor_id: int | None,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write one row for each platform on which the vendor sells, so that each platform's trail is complete."""
    operation_id = audit.new_operation_id()
    for platform in list_platforms_of(session, vendor):
        audit.record(
            session,
            action=f"tenancy.vendor.{action}",
            target=f"vendor:{vendor.id}",
            actor_id=actor_id,
            platform_id=platform.id,
            before=before,
            after=after,
            operation_id=operation_id,
            at=at,
        )
