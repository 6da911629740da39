"""The company behind a vendor, without which nothing is invoiced."""

from modules.tenancy.models.company import Company, VendorProfile
from modules.tenancy.schemas.company import CompanyInput
from modules.tenancy.services import company_service
from tests.modules.orders.conftest import NOON


def make_company(session, vendor) -> Company:
    data = CompanyInput(
        legal_name="Bléien S.à r.l.",
        vat_number="LU26375245",
        registration_number="B 204817",
        street="12, rue de l’Église",
        postal_code="L-9450",
        city="Vianden",
        email="bonjour@bleien.test",
    )
    company = company_service.create_company(session, data, platform_id=None, actor_id=None, at=NOON)
    session.add(VendorProfile(vendor_id=vendor.id, company_id=company.id))
    session.flush()
    return company
