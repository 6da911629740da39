"""What commands of modules share: they work on one platform, and only where their module is on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wizamart.database import unit_of_work
from wizamart.module_system.exceptions import ModuleIsOff, UnknownVendor
from wizamart.module_system.manager import current_manager
from wizamart.module_system.service import find_platform
from wizamart.platforms import Platform, Vendor, scoped, sells_on


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command works; without a vendor, for all of the platform's."""

    session: Session
    platform: Platform
    vendor: Vendor | None = None


@contextmanager
def work_on_platform(
    module_code: str, platform_code: str, vendor_code: str | None = None, *, read_only: bool = False
) -> Iterator[Place]:
    """Run one transaction of a module's command in the scope of a platform, or of a vendor on it.

    A command that works long opens one for each bounded part of its work, so that it also stops once its module is
    switched off.

    :raises UnknownPlatform: when there is no such platform.
    :raises UnknownVendor: when no such vendor sells on it.
    :raises ModuleIsOff: when the module is not in effect there.
    """
    with unit_of_work(read_only=read_only) as session:
        platform = find_platform(session, platform_code)
        if module_code not in current_manager().state_of(session, platform.id).effective:
            raise ModuleIsOff(module=module_code, platform=platform_code)
        vendor = None if vendor_code is None else _find_vendor(session, platform, vendor_code)
        with scoped(session, platform.id, vendor.id if vendor else None):
            yield Place(session, platform, vendor)


def _find_vendor(session: Session, platform: Platform, code: str) -> Vendor:
    vendor = session.scalars(
        sa.select(Vendor).where(Vendor.code == code, sells_on(platform.id))
    ).one_or_none()
    if vendor is None:
        raise UnknownVendor(vendor=code, platform=platform.code)
    return vendor
