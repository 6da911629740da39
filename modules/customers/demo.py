"""People who could live in and around Luxembourg, for the demonstration."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from modules.customers.schemas.customer import AddressForm, CustomerForm
from modules.customers.schemas.segment import Choice, Match
from modules.customers.services import (
    address_service,
    customer_service,
    record_service,
    segment_service,
)
from modules.customers.services.import_service import CUSTOMER_FILES
from wizamart import imports
from wizamart.imports import ImportStatus
from wizamart.platforms import scoped

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
    (
        "Thomas Kraemer",
        "thomas.kraemer@example.org",
        "0151 55509981",
        "de",
        "Neustr. 44",
        "54290",
        "Trier",
        "DE",
        [],
        False,
    ),
    (
        "Lambert Sophie",
        "s.lambert+shop@example.org",
        "",
        "fr",
        "17, rue de Bastogne",
        "B-6700",
        "Arlon",
        "BE",
        ["Late payer"],
        True,
    ),
)

# As a till in Trier writes it: semicolons, an old encoding, a person without a mailbox, a country that is none.
FAIR_LIST: Final = (
    "Vorname;Name;E-Mail;Telefon;Straße;PLZ;Ort;Land;Newsletter\n"
    "Mia;Schäfer;mia.schaefer@example.com;+49 651 5550 17;Brückenstraße 9;54290;Trier;Deutschland;ja\n"
    "Noé;Wagener;noe.wagener@example.com;+352 661 555 640;7, rue du Fort;5401;Remich;Luxemburg;ja\n"
    "Klara;Becker;klara.becker(at)example.com;;Am Markt 2;54329;Konz;Deutschland;nein\n"
    "Paul;Simon;paul.simon@example.com;;Hauptstraße 30;54439;Saarburg;Moselland;nein\n"
    "Jos;Weber;jos.weber@example.com;+352 661 555 102;4, rue de la Gare;4031;Esch-sur-Alzette;LU;nein\n"
)
OLD_SHOP: Final = (
    "First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,"
    "Default Address City,Default Address Country Code,Default Address Zip,Phone,Total Spent,Tags\n"
    "Anouk,Reuter,anouk.reuter@example.com,yes,,12 rue de la Poste,Diekirch,LU,9247,'+352 621 555 777,84.20,VIP\n"
    'Ben,Faber,ben.faber@example.com,no,Faber sàrl,5 Zone Industrielle,Mersch,LU,7540,,310.00,"B2B, Pickup"\n'
    "Anne,Thill,anne.thill@example.com,yes,,27 Grand-Rue,Ettelbruck,LU,9051,'+352 691 555 233,12.00,\n"
)


def create_demo(session: Session, *, platform_id: int, vendor_ids: list[int], at: datetime) -> None:
    """Add the people who are not there yet, and what can be done with them: segments, imports, notes."""
    for number, person in enumerate(PEOPLE):
        _add_person(session, number, person, platform_id=platform_id, vendor_ids=vendor_ids, at=at)
    _write_note(session, at=at)
    _build_segments(session, platform_id=platform_id, vendor_id=None, at=at)
    _bring_in(session, FAIR_LIST.encode("cp1252"), "messe-trier.csv", platform_id, None, at=at)
    _bring_in(session, OLD_SHOP.encode(), "customers_export.csv", platform_id, None, at=at, is_previewed=True)
    for vendor_id in vendor_ids:
        with scoped(session, platform_id, vendor_id):
            _build_segments(session, platform_id=platform_id, vendor_id=vendor_id, at=at)
            _bring_in(
                session, OLD_SHOP.encode(), "old-shop.csv", platform_id, vendor_id, at=at, is_previewed=True
            )
            _tag_for_vendor(session, vendor_id=vendor_id)


def _add_person(
    session: Session,
    number: int,
    person: Person,
    *,
    platform_id: int,
    vendor_ids: list[int],
    at: datetime,
) -> None:
    """Add one, unless they are there; every second one deals with the first vendor, the rest with the others."""
    name, email, phone, locale, line1, postal_code, city, country, tags, news = person
    if customer_service.find_by_email(session, email) is not None:
        return
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
    if not number:
        office = {
            "line1": "2, place de l’Étoile",
            "postal_code": "1479",
            "city": "Luxembourg",
            "country": "LU",
        }
        values = {"recipient": "Camille Hoffmann", "company": "Studio Étoile", "is_billing": True, **office}
        address_service.add_address(session, customer, AddressForm.model_validate(values))
    for vendor_id in vendor_ids[number % 2 : number % 2 + 1] or vendor_ids[:1]:
        customer_service.link_vendor(session, customer, vendor_id=vendor_id, at=came)


def _build_segments(session: Session, *, platform_id: int, vendor_id: int | None, at: datetime) -> None:
    if segment_service.list_segments(session, vendor_id=vendor_id):
        return
    context = segment_service.make_context(session, platform_id=platform_id, vendor_id=vendor_id, at=at)
    greater_region = [Choice("customers.country", code) for code in ("BE", "DE", "FR")]
    spent = Choice("orders.spent", 10_000)
    for name, choices, match in (
        ("News in Luxembourg", [Choice("customers.country", "LU"), Choice("customers.consent")], Match.ALL),
        ("Across the border", greater_region, Match.ANY),
        ("Good customers without news", [spent, Choice("customers.consent", is_without=True)], Match.ALL),
    ):
        segment_service.create_segment(session, name, choices, match, context=context)


def _bring_in(
    session: Session,
    content: bytes,
    file_name: str,
    platform_id: int,
    vendor_id: int | None,
    *,
    at: datetime,
    is_previewed: bool = False,
) -> None:
    """Import a file, or leave it where somebody has to say what shall be done."""
    known = session.scalars(imports.select_imports(CUSTOMER_FILES, vendor_id=vendor_id))
    if file_name in [row.file_name for row in known]:
        return
    row = imports.create_import(
        session,
        CUSTOMER_FILES,
        [content],
        file_name=file_name,
        platform_id=platform_id,
        vendor_id=vendor_id,
        user_id=None,
        locale="en",
        at=at - timedelta(days=1),
    )
    imports.work_off(session, CUSTOMER_FILES, row, at=at)
    if is_previewed or row.status != ImportStatus.READY:
        return
    row.consent_source = "List of the fair in Trier, signed by hand, May 2026"
    imports.start_applying(session, CUSTOMER_FILES, row, is_all_or_nothing=False, locale="en", at=at)
    imports.work_off(session, CUSTOMER_FILES, row, at=at)


def _tag_for_vendor(session: Session, *, vendor_id: int) -> None:
    for customer in customer_service.list_customers(session, vendor_id=vendor_id, limit=2):
        known = record_service.tags_of(session, [customer.id], vendor_id=vendor_id)[customer.id]
        record_service.set_tags(session, customer, known or ["Regular"], vendor_id=vendor_id)


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
