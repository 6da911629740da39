"""What tenancy shows on dashboards, finds in searches and brings into the demonstration."""

from __future__ import annotations  # so that naming a type of a service does not load it

from collections.abc import Collection, Mapping

from flask import url_for
from sqlalchemy.orm import Session

from modules.core.schemas.audit import AuditTarget
from modules.core.schemas.dashboard import DashboardCard
from modules.core.schemas.search import SearchResult
from modules.core.services import audit_service
from modules.tenancy.services import company_service, people_service, role_service, vendor_service
from wizamart.auth.models import User
from wizamart.i18n import gettext as _, ngettext, translate
from wizamart.module_system.contributions import contributes
from wizamart.module_system.definition import FrontendType
from wizamart.permissions import Role
from wizamart.platforms import Vendor, VendorStatus


@contributes("core.dashboard_card", order=20)
def vendor_cards(
    session: Session,
    *,
    platform_id: int,
    vendor_id: int | None,  # noqa: ARG001 - every provider is called with it
    frontend: FrontendType,
) -> list[DashboardCard] | None:
    """Tell admins how many vendors sell, and how many wait for them."""
    if frontend is not FrontendType.ADMIN:
        return None
    counts = vendor_service.count_by_status(session, platform_id)
    overview = url_for("tenancy_admin.vendor_list")
    pending = counts.get(VendorStatus.PENDING, 0)
    cards = [
        DashboardCard(
            title=_("Active vendors"),
            value=counts.get(VendorStatus.ACTIVE, 0),
            icon="building-store",
            url=overview,
            permission="tenancy:vendor:read",
        )
    ]
    if not counts:
        cards.append(
            DashboardCard(
                title=_("Add the first vendor"),
                value=_("First step"),
                icon="building-store",
                url=url_for("tenancy_admin.vendor_new"),
                permission="tenancy:vendor:create",
                detail=_("It sells here and works in a portal of its own."),
                todo=True,
            )
        )
    if pending:
        cards.append(
            DashboardCard(
                title=ngettext(
                    "%(num)d vendor waits for approval", "%(num)d vendors wait for approval", pending
                ),
                value=pending,
                icon="building-store",
                url=url_for("tenancy_admin.vendor_list", status=VendorStatus.PENDING),
                permission="tenancy:vendor:approve",
                tone="warning",
                todo=True,
            )
        )
    return cards


@contributes("core.search", order=30)
def search_tenancy(
    session: Session,
    *,
    platform_id: int,
    vendor_id: int | None,
    frontend: FrontendType,
    text: str,
    limit: int,
) -> list[SearchResult]:
    """Find vendors, companies and people of the platform, or the people of a vendor."""
    if frontend is FrontendType.VENDOR and vendor_id is not None:
        return _people(session, role_service.Place(platform_id, vendor_id), text, limit)
    if frontend is not FrontendType.ADMIN:
        return []
    found = _vendors(session, platform_id, text, limit) + _companies(session, platform_id, text, limit)
    return (found + _people(session, role_service.Place(platform_id), text, limit))[:limit]


@contributes("core.audit_target", order=20)
def audit_targets(session: Session, targets: Mapping[str, Collection[str]]) -> dict[str, AuditTarget]:
    """Name vendors, companies and roles, and lead to those that have a page."""
    found = {}
    names = audit_service.read_names(session, targets, "vendor", key=Vendor.id, name=Vendor.name)
    for ident, name in names.items():
        url = url_for("tenancy_admin.vendor_detail", vendor_id=ident)
        found[f"vendor:{ident}"] = AuditTarget(name, url, "tenancy:vendor:read")
    for ident, name in company_service.read_names(session, targets).items():
        url = url_for("tenancy_admin.company_detail", company_id=ident)
        found[f"company:{ident}"] = AuditTarget(name, url, "tenancy:company:read")
    names = audit_service.read_names(session, targets, "role", key=Role.id, name=Role.name)
    return found | {f"role:{ident}": AuditTarget(translate(name)) for ident, name in names.items()}


@contributes("framework.demo_installation", order=10)
def demo_installation(session: Session, **options: object) -> object:
    """Create the demonstration's platforms, vendors and people."""
    from modules.tenancy import demo  # only the command that fills a database needs it

    return demo.create_installation(session, **options)  # type: ignore[arg-type]


def _vendors(session: Session, platform_id: int, text: str, limit: int) -> list[SearchResult]:
    statement = vendor_service.list_statement(platform_id=platform_id)
    matches = Vendor.name.icontains(text, autoescape=True) | Vendor.code.icontains(text, autoescape=True)
    return [
        SearchResult(
            title=row.name,
            subtitle=row.company or row.code,
            url=url_for("tenancy_admin.vendor_detail", vendor_id=row.id),
            icon="building-store",
            permission="tenancy:vendor:read",
            kind=_("Vendors"),
        )
        for row in session.execute(statement.where(matches).order_by(Vendor.name).limit(limit))
    ]


def _companies(session: Session, platform_id: int, text: str, limit: int) -> list[SearchResult]:
    return [
        SearchResult(
            title=row.legal_name,
            subtitle=row.city,
            url=url_for("tenancy_admin.company_detail", company_id=row.id),
            icon="building",
            permission="tenancy:company:read",
            kind=_("Companies"),
        )
        for row in company_service.search(session, text, platform_id=platform_id, limit=limit)
    ]


def _people(session: Session, place: role_service.Place, text: str, limit: int) -> list[SearchResult]:
    portal = "tenancy_admin" if place.vendor_id is None else "tenancy_vendor"
    matches = User.display_name.icontains(text, autoescape=True) | User.email.icontains(text, autoescape=True)
    statement = people_service.list_statement(place).where(matches).order_by(User.display_name).limit(limit)
    return [
        SearchResult(
            title=person.display_name,
            subtitle=person.email,
            url=url_for(f"{portal}.person_detail", user_id=person.id),
            icon="user",
            permission="tenancy:person:read",
            kind=_("People"),
        )
        for person in session.scalars(statement)
    ]
