"""What invoices and credit notes say: read from order and company on the day, and kept from then on."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.customers.services import customer_service
from modules.orders.exceptions import SellerUnknown
from modules.orders.models.document import Document
from modules.orders.models.order import Order
from modules.orders.schemas.document import DocumentBody, DocumentLine, Party, RateGroup
from modules.orders.services.totals_service import Totals
from modules.tenancy.services import company_service
from wizamart.countries import country_name
from wizamart.i18n import LOCALES, gettext as _
from wizamart.platforms import Platform


def find_seller(session: Session, vendor_id: int) -> Party | None:
    """Return the company behind a vendor as it is today, or None where nobody has named it."""
    company = company_service.find_company_of(session, vendor_id)
    if company is None:
        return None
    return Party(
        name=company.legal_name,
        address=_address(company.street, company.postal_code, company.city, company.country),
        vat_number=company.vat_number or "",
        registration_number=company.registration_number or "",
        email=company.email or "",
        phone=company.phone or "",
    )


def get_seller(session: Session, vendor_id: int) -> Party:
    """Return the company behind a vendor.

    :raises SellerUnknown: when nobody has named it; a document must say who sells.
    """
    seller = find_seller(session, vendor_id)
    if seller is None:
        raise SellerUnknown
    return seller


def choose_locale(session: Session, order: Order) -> str:
    """Return the customer's language: the one they ordered in, their own, or the platform's."""
    wishes = [order.locale]
    if not order.locale and order.customer_id is not None:
        customer = customer_service.find_customer(session, order.customer_id)
        wishes.append(customer.locale if customer else None)
    wishes.append(session.scalar(sa.select(Platform.default_locale).where(Platform.id == order.platform_id)))
    return next((wish for wish in wishes if wish in LOCALES), LOCALES[0])


def build_invoice(
    order: Order, totals: Totals, seller: Party, *, supplied_on: date | None = None
) -> DocumentBody:
    """Return what the invoice of an order says; delivery is its last position."""
    buyer, ship_to = as_party(order.billing_address), as_party(order.shipping_address)
    lines = [
        DocumentLine(
            title=line.title,
            sku=line.sku,
            quantity=line.quantity,
            unit_price_minor=line.unit_price_minor,
            discount_minor=line.discount_minor,
            tax_rate=line.tax_rate,
            amount_minor=line.unit_price_minor * line.quantity - line.discount_minor,
        )
        for line in order.lines
    ]
    if order.delivery_minor:
        lines.append(
            DocumentLine(
                title=_("Delivery: %(method)s", method=order.delivery_title),
                unit_price_minor=order.delivery_minor,
                tax_rate=order.delivery_tax_rate,
                amount_minor=order.delivery_minor,
            )
        )
    return DocumentBody(
        seller=seller,
        buyer=buyer.model_copy(update={"email": order.customer_email}),
        ship_to=ship_to if ship_to != buyer else None,
        lines=tuple(lines),
        groups=tuple(
            RateGroup(rate=group.rate, net_minor=group.net_minor, tax_minor=group.tax_minor)
            for group in totals.groups
        ),
        prices_include_tax=order.prices_include_tax,
        order_number=order.number,
        ordered_on=order.placed_on,
        supplied_on=supplied_on,
        paid_minor=order.paid_minor,
    )


def build_credit(
    invoice: Document, groups: Sequence[RateGroup], lines: Sequence[DocumentLine], *, reason: str
) -> DocumentBody:
    """Return what a credit note says: parties as on the invoice, and what it takes back.

    Without lines there is one for each rate, since no single goods can be named.
    """
    body = invoice.body
    is_included = body.prices_include_tax
    spread = [
        DocumentLine(
            title=_("Refund for invoice %(number)s", number=invoice.number),
            unit_price_minor=amount,
            tax_rate=group.rate,
            amount_minor=amount,
        )
        for group in groups
        for amount in [group.gross_minor if is_included else group.net_minor]
    ]
    return body.model_copy(
        update={
            "lines": tuple(lines or spread),
            "groups": tuple(groups),
            "reason": reason,
            "paid_minor": 0,
            "ship_to": None,
            "supplied_on": None,
            "corrects_number": invoice.number,
            "corrects_on": invoice.issued_on,
        }
    )


def as_party(address: dict[str, Any]) -> Party:
    """Return an address of an order as it stands on paper."""
    return Party(
        name=str(address.get("name", "")),
        address=_address(
            *(str(address.get(key, "")) for key in ("street", "postal_code", "city", "country"))
        ),
        vat_number=str(address.get("vat_number", "")),
    )


def _address(street: str, postal_code: str, city: str, country: str) -> tuple[str, ...]:
    lines = (street, f"{postal_code} {city}".strip(), country_name(country) if country else "")
    return tuple(line for line in lines if line)
