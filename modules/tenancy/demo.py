"""The demonstration's platforms, companies, vendors and people; each is made once and then left as it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.tenancy.schemas.company import CompanyInput
from modules.tenancy.schemas.vendor import VendorProfileInput
from modules.tenancy.services import company_service, platform_service, vendor_service
from wizamart.auth import user_service
from wizamart.auth.models import User
from wizamart.commands.demo import DemoInstallation
from wizamart.permissions import assign_role, ensure_builtin_roles
from wizamart.platforms import Platform, Vendor


@dataclass(frozen=True, slots=True)
class DemoVendor:
    """A vendor with its company and the platforms where it sells."""

    code: str
    profile: VendorProfileInput
    company: CompanyInput
    platforms: tuple[str, ...]


PLATFORMS: Final = (
    (
        "market",
        "Letzmarkt",
        ("payments", "billing", "inventory", "orders", "marketplace", "messaging", "dev-tools", "monitoring"),
    ),
    ("oms", "Order Desk", ("payments", "orders", "inventory", "messaging")),
    ("loyal", "Fidélité", ("analytics", "messaging")),
)
VENDORS: Final = (
    DemoVendor(
        "maison-kirchberg",
        VendorProfileInput(
            name="Maison Kirchberg",
            contact_email="bonjour@maison-kirchberg.test",
            contact_phone="+352 27 00 00 10",
            description="Tableware, linen and small furniture, made in the Greater Region.",
        ),
        CompanyInput(
            legal_name="Maison Kirchberg S.à r.l.",
            vat_number="LU20471515",
            registration_number="B204715",
            street="14, avenue du Plateau",
            postal_code="L-1855",
            city="Luxembourg",
            country="LU",
            email="compta@maison-kirchberg.test",
        ),
        ("market", "oms"),
    ),
    DemoVendor(
        "moselle-outdoor",
        VendorProfileInput(
            name="Moselle Outdoor",
            contact_email="moien@moselle-outdoor.test",
            contact_phone="+352 26 00 00 22",
            description="Everything for a day on the river and in the vineyards.",
        ),
        CompanyInput(
            legal_name="Moselle Outdoor S.A.",
            vat_number="LU31884244",
            registration_number="B318842",
            street="3, quai de la Gare",
            postal_code="L-5540",
            city="Remich",
            country="LU",
            email="facturation@moselle-outdoor.test",
        ),
        ("market", "oms", "loyal"),
    ),
)
PEOPLE: Final = (
    ("super@wizamart.test", "Simone Weber", "Super admin of all platforms", "super", ""),
    ("admin@wizamart.test", "Ada Reuter", "Admin of Letzmarkt", "platform-admin", "market"),
    ("owner@wizamart.test", "Olivier Thill", "Owner of Maison Kirchberg", "vendor-owner", "maison-kirchberg"),
    ("staff@wizamart.test", "Steffi Klein", "Staff of Maison Kirchberg", "vendor-staff", "maison-kirchberg"),
    ("owner2@wizamart.test", "Noémie Faber", "Owner of Moselle Outdoor", "vendor-owner", "moselle-outdoor"),
    ("customer@wizamart.test", "Carole Hoffmann", "Customer", "", ""),
)


def create_installation(
    session: Session, *, password: str, reset_passwords: bool, at: datetime
) -> DemoInstallation:
    """Create what is missing, and return the accounts and which vendors sell on which platform."""
    ensure_builtin_roles(session)
    super_admin = _person(session, *PEOPLE[0][:2], password=password, at=at, is_super_admin=True)
    platforms = {
        code: _platform(session, code, name, modules, actor_id=super_admin.id, at=at)
        for code, name, modules in PLATFORMS
    }
    vendors = {one.code: _vendor(session, one, platforms, actor_id=super_admin.id, at=at) for one in VENDORS}
    roles = ensure_builtin_roles(session)
    for email, name, _text, role, tenant in PEOPLE:
        is_known = user_service.find_user_by_email(session, email) is not None
        person = _person(session, email, name, password=password, at=at)
        if is_known and reset_passwords:
            user_service.set_password(session, person, password, at=at)
        if role in roles and not is_known:
            platform, vendor = platforms.get(tenant), vendors.get(tenant)
            assign_role(
                session,
                roles[role],
                user_id=person.id,
                platform_id=platform.id if platform else None,
                vendor_id=vendor.id if vendor else None,
            )
    session.flush()  # what follows reads where each vendor sells
    return DemoInstallation(
        accounts=tuple((email, text) for email, _name, text, _role, _tenant in PEOPLE),
        vendors_by_platform={
            row.id: tuple(id_ for id_, _name in vendor_service.list_choices(session, row.id))
            for row in platforms.values()
        },
    )


def _platform(
    session: Session, code: str, name: str, modules: Sequence[str], *, actor_id: int, at: datetime
) -> Platform:
    found = session.scalars(sa.select(Platform).where(Platform.code == code)).one_or_none()
    return found or platform_service.create_platform(
        session, code=code, name=name, modules=modules, actor_id=actor_id, at=at, origin="demo"
    )


def _vendor(
    session: Session, wanted: DemoVendor, platforms: dict[str, Platform], *, actor_id: int, at: datetime
) -> Vendor:
    found = session.scalars(sa.select(Vendor).where(Vendor.code == wanted.code)).one_or_none()
    if found is not None:
        return found
    company = company_service.create_company(
        session, wanted.company, platform_id=platforms["market"].id, actor_id=actor_id, at=at
    )
    vendor = vendor_service.create_vendor(
        session,
        wanted.profile,
        code=wanted.code,
        platform_ids=[platforms[code].id for code in wanted.platforms],
        company_id=company.id,
        actor_id=actor_id,
        at=at,
    )
    vendor_service.approve_vendor(session, vendor, platform_id=None, actor_id=actor_id, at=at)
    return vendor


def _person(
    session: Session, email: str, name: str, *, password: str, at: datetime, is_super_admin: bool = False
) -> User:
    return user_service.find_user_by_email(session, email) or user_service.create_user(
        session, email=email, display_name=name, password=password, is_super_admin=is_super_admin, at=at
    )
