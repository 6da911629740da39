"""What happens in tenancy, for modules that listen."""

from pydantic import ConfigDict

from wizamart.module_system.events import DomainEvent
from wizamart.schema import Schema


class VendorChanged(Schema):
    """Something happened to a vendor on a platform where it sells."""

    model_config = ConfigDict(frozen=True)

    platform_id: int
    vendor_id: int
    vendor_name: str
    actor_id: int | None = None
    reason: str | None = None


class InvitationSent(Schema):
    """Somebody was invited to administer a platform or to work for a vendor."""

    model_config = ConfigDict(frozen=True)

    platform_id: int
    vendor_id: int | None = None
    user_id: int
    place: str
    actor_id: int | None = None


vendor_created = DomainEvent("tenancy.vendor_created", VendorChanged)
vendor_approved = DomainEvent("tenancy.vendor_approved", VendorChanged)
vendor_suspended = DomainEvent("tenancy.vendor_suspended", VendorChanged)
vendor_reactivated = DomainEvent("tenancy.vendor_reactivated", VendorChanged)
invitation_sent = DomainEvent("tenancy.invitation_sent", InvitationSent)
