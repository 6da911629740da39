"""What stands on a packing slip: the pieces of one parcel, or of the parcel that leaves next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from modules.orders.exceptions import ParcelNotFound
from modules.orders.models.order import Order
from modules.orders.schemas.document import Party
from modules.orders.services import document_content, document_service, fulfilment_service, listing_service
from wizamart.i18n import force_locale


@dataclass(frozen=True, slots=True)
class Slip:
    """A packing slip before it is drawn."""

    order: Order
    sender: Party
    receiver: Party
    pieces: Mapping[int, int]
    locale: str
    day: date
    tracking: str = ""


def build_slip(session: Session, order: Order, *, parcel_id: int | None, at: datetime) -> Slip:
    """Return the slip of a parcel that was sent; without one, of what is still to be sent, or else of everything.

    :raises ParcelNotFound: when the order has no such parcel.
    """
    pieces = fulfilment_service.open_pieces(order) or {line.id: line.quantity for line in order.lines}
    sent_at, tracking = at, ""
    if parcel_id is not None:
        parcels = {parcel.id: parcel for parcel in fulfilment_service.list_fulfilments(session, order)}
        if parcel_id not in parcels:
            raise ParcelNotFound
        parcel = parcels[parcel_id]
        pieces = {line.line_id: line.quantity for line in parcel.lines}
        sent_at, tracking = parcel.sent_at, parcel.tracking_number
    seller = document_content.find_seller(session, order.vendor_id)
    locale = document_content.choose_locale(session, order)
    with force_locale(locale):
        receiver = document_content.as_party(order.shipping_address)
    zone = document_service.time_zone_of(session, order.platform_id)
    return Slip(
        order=order,
        sender=seller or Party(name=listing_service.get_vendor_name(session, order.vendor_id)),
        receiver=receiver,
        pieces=pieces,
        locale=locale,
        day=sent_at.astimezone(zone).date(),
        tracking=tracking,
    )
