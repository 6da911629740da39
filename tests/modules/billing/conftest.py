"""A platform that sells tiers, and a vendor."""

from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from modules.billing.services import tier_service
from modules.tenancy.models.company import Company, VendorProfile
from wizamart.database import db, unit_of_work
from wizamart.module_system.config_service import set_module_config
from wizamart.platforms import scoped

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
SELLER = {"seller_name": "Seller S.A.", "seller_street": "1, Grand-Rue", "seller_city": "Luxembourg"}


@pytest.fixture
def platform(app, make_platform):
    platform = make_platform("shops", modules=["billing"])
    with app.app_context(), unit_of_work() as session:
        set_module_config(session, platform.id, "billing", SELLER)
    return platform


@pytest.fixture
def vendor(make_vendor, platform):
    return make_vendor(platform, code="bakery", name="Bakery")


@pytest.fixture
def in_scope(app, platform):
    """Return a context manager: a session in a unit of work, in the platform's scope."""

    @contextmanager
    def scope(read_only=False):
        with app.app_context(), unit_of_work(read_only=read_only):
            session = db.session()
            session.expire_on_commit = False  # rows are looked at after the block
            with scoped(session, platform.id):
                yield session

    return scope


@pytest.fixture
def tiers(in_scope, platform):
    """Return the tiers by code."""
    with in_scope() as session:
        return {tier.code: tier for tier in tier_service.list_tiers(session, platform_id=platform.id)}


@pytest.fixture
def give_company(app):
    """Return `give_company(vendor, **values)`: the company behind a vendor."""

    def give(vendor, **values):
        with app.app_context(), unit_of_work() as session:
            company = Company(
                **{
                    "legal_name": "Bakery S.à r.l.",
                    "street": "2, rue du Four",
                    "postal_code": "L-2000",
                    "city": "Luxembourg",
                    "country": "LU",
                    "created_at": NOON,
                    **values,
                }
            )
            session.add(company)
            session.flush()
            session.add(VendorProfile(vendor_id=vendor.id, company_id=company.id, description=""))

    return give
