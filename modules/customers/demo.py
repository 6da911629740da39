"""People who could live in and around Luxembourg, for the demonstration."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from modules.customers.schemas.customer import AddressForm, CustomerForm
from modules.customers.services import customer_service, record_service

# name, address of mail, phone, language, street, postal code, city, country, tags, news
Person = tuple[str, str, str, str, str, str, str, str, list[str], bool]

PEOPLE: Final[tuple[Person, ...]] = (
    (
        "Camille Hoffmann",
        "customer@wizamart.test",
        "+352 621 555 014",
        "fr",
        "12, rue de Strasbourg",
        "2561",
        "Luxembourg",
        "LU",
        ["VIP"],
        True,
    ),
    (
        "Jos Weber",
        "jos.weber@example.com",
        "+352 661 555 102",
        "lb",
        "4, rue de la Gare",
        "4031",
        "Esch-sur-Alzette",
        "LU",
        ["Pickup"],
        False,
    ),
    (
        "Anne Thill",
        "anne.thill@example.com",
        "+352 691 555 233",
        "lb",
        "27, Grand-Rue",
        "9051",
        "Ettelbruck",
        "LU",
        [],
        True,
    ),
    (
        "Lucas Schmitz",
        "l.schmitz@example.com",
        "+352 621 555 377",
        "de",
        "8, Gruberbeerig",
        "6755",
        "Grevenmacher",
        "LU",
        ["B2B"],
        False,
    ),
    (
        "Inès Ferreira",
        "ines.ferreira@example.com",
        "+352 621 555 481",
        "fr",
        "61, avenue de la Liberté",
        "4601",
        "Differdange",
        "LU",
        [],
        True,
    ),
    (
        "Hélène Marchal",
        "helene.marchal@example.com",
        "+33 6 55 50 12 34",
        "fr",
        "3, rue Haute-Seille",
        "57000",
        "Metz",
        "FR",
        ["VIP"],
        True,
    ),
    (
        "Thomas Krämer",
        "t.kraemer@example.com",
        "+49 151 5550 9981",
        "de",
        "Neustraße 44",
        "54290",
        "Trier",
        "DE",
        [],
        False,
    ),
    (
        "Sophie Lambert",
        "sophie.lambert@example.com",
        "+32 470 55 51 20",
        "fr",
        "17, rue de Bastogne",
        "6700",
        "Arlon",
        "BE",
        ["B2B"],
        False,
    ),
    (
        "Marc Kieffer",
        "marc.kieffer@example.com",
        "",
        "lb",
        "2, op der Knupp",
        "8281",
        "Kehlen",
        "LU",
        [],
        False,
    ),
    (
        "Emma O'Brien",
        "emma.obrien@example.com",
        "+352 691 555 640",
        "en",
        "90, rue de Hollerich",
        "1740",
        "Luxembourg",
        "LU",
        ["Newsletter 2026"],
        True,
    ),
    (
        "Pedro Almeida",
        "p.almeida@example.com",
        "+352 661 555 718",
        "fr",
        "15, rue du Fossé",
        "3583",
        "Dudelange",
        "LU",
        [],
        False,
    ),
    (
        "Nora Lindqvist",
        "nora.lindqvist@example.com",
        "",
        "en",
        "33, boulevard Royal",
        "2449",
        "Luxembourg",
        "LU",
        ["VIP", "B2B"],
        True,
    ),
)


def create_demo(session: Session, *, platform_id: int, vendor_ids: list[int], at: datetime) -> None:
    """Add the people who are not there yet; every second one deals with the first vendor, the rest with the others."""
    for number, person in enumerate(PEOPLE):
        name, email, phone, locale, line1, postal_code, city, country, tags, news = person
        if customer_service.find_by_email(session, email) is not None:
            continue
        address = AddressForm(line1=line1, postal_code=postal_code, city=city, country=country)
        form = CustomerForm(
            name=name,
            email=email,
            phone=phone,
            locale=locale,
            marketing_consent=news,
            tags=tags,
            addresses=[address],
        )
        came = at - timedelta(days=5 + 9 * number, hours=number)
        customer = customer_service.create_customer(
            session, form, platform_id=platform_id, at=came, actor_id=None, source="storefront"
        )
        for vendor_id in vendor_ids[number % 2 : number % 2 + 1] or vendor_ids[:1]:
            customer_service.link_vendor(session, customer, vendor_id=vendor_id, at=came)
    _write_note(session, at=at)


def _write_note(session: Session, *, at: datetime) -> None:
    customer = customer_service.find_by_email(session, "customer@wizamart.test")
    if customer is not None and not record_service.list_notes(session, customer):
        record_service.add_note(
            session,
            customer,
            text="Prefers delivery on Saturday mornings; rings the bell of the neighbour if nobody opens.",
            author_id=None,
            author_name="Claire Demuth",
            at=at - timedelta(days=2),
        )
