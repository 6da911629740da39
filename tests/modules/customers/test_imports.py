"""Imports of customers: columns, lines, preview, what is brought in, and what never is."""

import io

import pytest
import sqlalchemy as sa

from modules.customers.models.customer import Customer
from modules.customers.models.customer_import import CustomerImport, ImportChunk
from modules.customers.schemas.import_columns import ImportField as F, detect_columns
from modules.customers.schemas.import_draft import read_line
from modules.customers.services import customer_service, record_service
from modules.customers.services.import_service import CUSTOMER_FILES
from wizamart import imports
from wizamart.csv_reader import clean_heading
from wizamart.imports import LineRefused, steps
from wizamart.mail import Mail
from wizamart.queue import Task, TaskStatus

from .conftest import NOON

SPREE = (
    "email,first_name,last_name,phone,accepts_email_marketing,tags,company,address1,address2,city,province_code,"
    "country_code,zip\n"
    'ann@example.com,Ann,Thill,555-0142,yes,"VIP, Returning",,27 Grand-Rue,,Ettelbruck,,LU,9051\n'
    "bob@example.com,Bob,Faber,,no,,Faber sàrl,5 Zone,Hall 2,Mersch,,LU,7540\n"
)
SHOPIFY_HEAD = (
    "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,"
    "Default Address Address2,Default Address City,Default Address Province Code,Default Address Country Code,"
    "Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,"
    "Tags"
)


def columns_of(head, delimiter=","):
    return detect_columns([clean_heading(text) for text in head.split(delimiter)])


def test_columns_are_found_in_the_headings_of_others():
    shopify = columns_of(SHOPIFY_HEAD)
    woocommerce = columns_of(
        "user_email,first_name,last_name,billing_first_name,billing_last_name,billing_city"
    )
    guests = columns_of("Billing email,Billing first name,Billing last name")
    german = columns_of("Vorname;Name;E-Mail;PLZ;Ort;Land;Irgendwas", ";")

    assert [field for field in shopify if field] == [
        F.FIRST_NAME,
        F.LAST_NAME,
        F.EMAIL,
        F.CONSENT,
        F.COMPANY,
        F.LINE1,
        F.LINE2,
        F.CITY,
        F.COUNTRY,
        F.POSTAL_CODE,
        F.PHONE,
        F.NOTE,
        F.TAGS,
    ]
    assert shopify[12] is None  # the address's phone, since there is the person's
    assert woocommerce == [F.EMAIL, F.FIRST_NAME, F.LAST_NAME, None, None, F.CITY]
    assert guests == [F.EMAIL, F.FIRST_NAME, F.LAST_NAME]
    assert german == [F.FIRST_NAME, F.LAST_NAME, F.EMAIL, F.POSTAL_CODE, F.CITY, F.COUNTRY, None]


def test_a_line_is_read_with_its_spellings():
    draft = read_line(
        {
            "email": " Ann@Example.com",
            "first_name": "Ann",
            "last_name": "Thill",
            "phone": "'+352 621 555 014",
            "consent": "Oui",
            "tags": "VIP; vip| Late",
            "language": "fr-LU",
            "line1": "27 Grand-Rue",
            "postal_code": "9051",
            "city": "Ettelbruck",
            "country": "Luxemburg",
        }
    )

    assert (draft.email, draft.name, draft.phone) == ("ann@example.com", "Ann Thill", "+352 621 555 014")
    assert (draft.consents, draft.tags, draft.locale) == (True, ["VIP", "Late"], "fr")
    assert (draft.address["country"], draft.remarks) == ("LU", [])


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"name": "Ann"}, "no e-mail address"),
        ({"email": "a@b.lu", "consent": "perhaps"}, "does not say"),
        ({"email": "a@b.lu", "country": "Moselland"}, "no country"),
        ({"email": "a@b.lu", "phone": "call me"}, "Phone"),
        ({"email": "a@b.lu", "name": "x" * 121}, "Name"),
    ],
)
def test_a_bad_line_says_why(cells, reason):
    with pytest.raises(LineRefused, match=reason):
        read_line(cells)


def test_half_an_address_is_left_out_and_said():
    draft = read_line({"email": "a@b.lu", "line1": "27 Grand-Rue", "city": "Ettelbruck"})

    assert draft.address is None
    assert "Postal code, Country" in draft.remarks[0]


def people(session):
    rows = session.scalars(sa.select(Customer).order_by(Customer.email)).all()
    return {row.email: row for row in rows}


def test_a_file_is_brought_in_once_however_often_it_comes(bring, within, make_platform):
    platform = make_platform()

    first = bring(platform, SPREE)
    second = bring(platform, SPREE)

    assert (first.status, first.counts) == ("done", {"create": 2})
    assert second.counts == {"unchanged": 2}
    with within(platform) as session:
        found = people(session)
        ann, bob = found["ann@example.com"], found["bob@example.com"]
        assert (ann.name, ann.country, ann.addresses[0].city) == ("Ann Thill", "LU", "Ettelbruck")
        assert (bob.addresses[0].company, bob.addresses[0].line2) == ("Faber sàrl", "Hall 2")
        assert record_service.tags_of(session, [ann.id])[ann.id] == ["Returning", "VIP"]
        assert not ann.marketing_consent  # nobody named a source
        assert session.scalars(sa.select(ImportChunk)).all() == []
        assert session.scalars(sa.select(Mail)).all() == []


def test_consent_comes_with_its_source_and_never_over_a_decision_made_here(
    bring, within, make_platform, make_customer
):
    platform = make_platform()
    left = make_customer(platform, "left@example.com", name="Left", marketing_consent=True)
    asked = make_customer(platform, "asked@example.com", name="Asked")
    with within(platform) as session:
        customer = customer_service.get_customer(session, left)
        record_service.set_consent(
            session, customer, is_given=False, source="storefront", actor_id=None, at=NOON
        )
    content = "email,name,newsletter\nleft@example.com,Left,yes\nasked@example.com,Asked,yes\nnew@example.com,New,yes\n"

    preview = bring(platform, content, is_applied=False)
    row = bring(platform, content, consent_source="Fair 2026")

    assert (preview.consents, preview.counts) == (3, {"create": 1, "unchanged": 2})
    assert row.counts == {"create": 1, "update": 1, "unchanged": 1}
    with within(platform) as session:
        assert not customer_service.get_customer(session, left).marketing_consent
        agreed = customer_service.get_customer(session, asked)
        (entry,) = record_service.list_consents(session, agreed)
        assert (agreed.marketing_consent, entry.source, entry.detail) == (True, "import", "Fair 2026")
        assert people(session)["new@example.com"].marketing_consent


@pytest.mark.parametrize(
    ("encode", "encoding", "delimiter"),
    [
        (lambda text: text.replace(",", ";").encode("cp1252"), "cp1252", ";"),
        (lambda text: text.replace(",", "\t").encode("utf-16"), "utf-16-le", "\t"),
        (lambda text: text.replace("\n", "\r\n").encode("utf-8-sig"), "utf-8-sig", ","),
    ],
)
@pytest.mark.backends("sqlite")
def test_encodings_and_delimiters_are_found(bring, make_platform, encode, encoding, delimiter):
    row = bring(
        make_platform(),
        encode("E-Mail,Vorname,Name\nzoé@example.com,Zoé,Müller\nb@b.lu,Bob,É\n"),
        is_applied=False,
    )

    assert (row.encoding, row.delimiter, row.lines) == (encoding, delimiter, 2)


def test_every_line_is_accounted_for_and_all_or_nothing_means_it(bring, within, make_platform, make_customer):
    platform = make_platform()
    make_customer(platform, "known@example.com", name="Known", addresses=[])
    lines = [
        "email,name,phone",
        "known@example.com,Known Better,",
        "nobody,Nobody,",
        "new@example.com,New,",
        "NEW@example.com,Twice,",
        "short@example.com",
        ",No Mail,",
        "bad@example.com,Bad,call me",
    ]
    content = "\n".join(lines)

    nothing = bring(platform, content, all_or_nothing=True)
    some = bring(platform, content)

    assert (nothing.status, nothing.lines) == ("nothing_imported", 7)
    assert some.counts == {"create": 1, "update": 1, "refused": 5}
    assert sum(some.counts.values()) == some.lines
    assert some.reasons[5] == "The same address stands in line 4."
    assert all(some.reasons[number] for number in (3, 6, 7, 8))
    with within(platform) as session:
        assert sorted(people(session)) == ["known@example.com", "new@example.com"]
        assert people(session)["known@example.com"].name == "Known Better"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"name,phone\nAnn,1\n", "No column holds e-mail addresses"),
        (b"email,name\n", "no lines below"),
        (b"\x89PNG\r\n\x1a\n123", "no text file"),
        (b'email,name\na@b.lu,"never closed\n', "never closed"),
    ],
)
@pytest.mark.backends("sqlite")
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(bring, make_platform, content, reason):
    row = bring(make_platform(), content, is_applied=False)

    assert row.status == "refused"
    assert reason in row.problem


def test_many_lines_are_read_and_applied_in_pieces(bring, within, make_platform, monkeypatch):
    monkeypatch.setattr(steps, "READ_LINES", 7)
    monkeypatch.setattr(steps, "BATCH_UNITS", 5)
    platform = make_platform()
    content = "email,name\n" + "".join(f"p{number}@example.com,Pé {number}\n" for number in range(20))

    row = bring(platform, content + "p3@example.com,Again\n")

    assert (row.lines, row.applied_lines, row.counts) == (21, 21, {"create": 20, "refused": 1})
    assert row.reasons[22] == "The same address stands in line 5."
    with within(platform) as session:
        assert customer_service.count_customers(session) == 20


def test_a_vendor_imports_its_own_entries_and_learns_of_nobody_else(
    bring, within, make_platform, make_vendor, make_customer
):
    platform = make_platform()
    mine, other = make_vendor(platform), make_vendor(platform)
    make_customer(platform, "known@example.com", name="Known To Others", vendors=[other])
    shared = make_customer(platform, "shared@example.com", name="Shared", vendors=[mine, other])
    content = "email,name,tags\nknown@example.com,Mine,VIP\nfree@example.com,Free,VIP\nshared@example.com,Changed,VIP\n"

    row = bring(platform, content, vendor=mine)
    again = bring(platform, content, vendor=mine)

    assert row.counts == {"create": 2, "update": 1}
    assert again.counts == {"unchanged": 3}
    with within(platform) as session:
        rows = session.scalars(sa.select(Customer).where(Customer.email == "known@example.com")).all()
        assert sorted((one.name, one.owner_vendor_id) for one in rows) == [
            ("Known To Others", None),
            ("Mine", mine.id),
        ]
        assert customer_service.get_customer(session, shared).name == "Shared"
        assert customer_service.find_by_email(session, "known@example.com").name == "Known To Others"


@pytest.mark.backends("sqlite")
def test_our_own_export_comes_back_unchanged(bring, client, make_platform, make_user, sign_in, make_customer):
    platform = make_platform()
    make_customer(platform, phone="+352 621 555 014", tags=["VIP", "Late"], locale="lb")
    make_customer(platform, "=cmd@example.com", name="=SUM(A1)", addresses=[])
    sign_in(client, make_user(admin_of=platform))
    with client.get("/admin/customers.csv", headers={"Accept-Language": "fr"}) as answer:
        content = answer.data

    row = bring(platform, content)

    assert (row.status, row.counts) == ("done", {"unchanged": 2})


@pytest.mark.backends("sqlite")
def test_the_pages_lead_from_the_file_to_the_customers(
    client, make_platform, make_vendor, make_user, sign_in, work_off, within
):
    platform = make_platform()
    sign_in(client, make_user(admin_of=platform))
    content = "Kontakt;Wer\nann@example.com;Ann\nbad;Bad\n"

    assert "No imports yet" in client.get("/admin/customer-imports").text
    assert client.post("/admin/customer-imports", data={}).status_code == 422
    sent = {"file": (io.BytesIO(content.encode()), "wer.csv")}
    url = client.post("/admin/customer-imports", data=sent).location
    assert "import-progress" in client.get(url).text
    work_off()
    page = client.get(url).text
    assert "No column holds e-mail addresses" in page
    assert client.post(f"{url}/columns", data={"column-0": "", "column-1": "name"}).status_code == 422
    twice = client.post(f"{url}/columns", data={"column-0": "email", "column-1": "email"})
    assert twice.status_code == 422
    assert client.post(f"{url}/application").status_code == 409

    assert client.post(f"{url}/columns", data={"column-0": "email", "column-1": "name"}).status_code == 303
    work_off()

    assert "Import now" in client.get(url).text
    with client.get(f"{url}/refused.csv") as refused:
        assert "bad" in refused.text
    assert client.post(f"{url}/application", data={"mode": "good"}).status_code == 303
    work_off()
    assert "The import is done." in client.get(url).text
    assert "ann@example.com" in client.get("/admin/customers").text
    assert client.post(f"{url}/application").status_code == 409
    vendor = make_vendor(platform)
    sign_in(client, make_user(owner_of=vendor))
    number = url.rpartition("/")[2]
    assert client.get(f"/vendor/{vendor.code}/customer-imports/{number}").status_code == 404
    assert client.post(f"/vendor/{vendor.code}/customer-imports/{number}/application").status_code == 404


@pytest.mark.backends("sqlite")
def test_old_imports_and_anonymised_people_leave_the_lines(bring, within, make_platform):
    from modules.customers.services import privacy_service

    platform = make_platform()
    row = bring(platform, SPREE)

    with within(platform) as session:
        ann = customer_service.find_by_email(session, "ann@example.com")
        privacy_service.anonymise(session, ann, actor_id=None, at=NOON)
        lines = imports.list_lines(session, CUSTOMER_FILES, row.id).all()
        assert [line.email for line in lines] == ["bob@example.com"]
        assert imports.forget_imports(session, CUSTOMER_FILES, at=NOON + CUSTOMER_FILES.kept) == 0
        later = NOON + 2 * CUSTOMER_FILES.kept
        assert imports.forget_imports(session, CUSTOMER_FILES, at=later) == 1
        session.flush()
        assert session.scalars(sa.select(CustomerImport)).all() == []


@pytest.mark.backends("sqlite")
def test_a_file_that_waits_with_somebody_who_is_anonymised_is_dropped(
    bring, client, make_platform, make_user, sign_in, work_off, within
):
    from modules.customers.services import privacy_service

    platform = make_platform()
    bring(platform, SPREE)
    sign_in(client, make_user(admin_of=platform))
    sent = {"file": (io.BytesIO(b"email,name\nann@example.com,Ann\ncy@example.com,Cy\n"), "people.csv")}
    url = client.post("/admin/customer-imports", data=sent).location
    work_off()
    assert "Import now" in client.get(url).text

    with within(platform) as session:
        ann = customer_service.find_by_email(session, "ann@example.com")
        privacy_service.anonymise(session, ann, actor_id=None, at=NOON)

    with within(platform) as session:
        assert session.scalars(sa.select(CUSTOMER_FILES.chunk)).all() == []
    assert "The import was cancelled." in client.get(url).text


@pytest.mark.backends("sqlite")
def test_work_on_customers_is_cancelled_and_gone_on_with_in_the_page(
    client, make_platform, make_user, sign_in, work_off, within
):
    platform = make_platform()
    sign_in(client, make_user(admin_of=platform))

    def upload():
        sent = {"file": (io.BytesIO(b"email,name\nann@example.com,Ann\n"), "people.csv")}
        return client.post("/admin/customer-imports", data=sent).location

    stopped, dropped = upload(), upload()
    with within(platform) as session:
        session.execute(sa.update(Task).values(status=TaskStatus.DEAD))
    assert "The work on this file has stopped." in client.get(stopped).text
    assert client.post(f"{stopped}/continuation").status_code == 303
    assert client.post(f"{dropped}/cancellation").status_code == 303
    work_off()

    assert "Import now" in client.get(stopped).text
    assert "The import was cancelled." in client.get(dropped).text
    assert client.post(f"{stopped}/continuation").status_code == 409
    assert client.post(f"{stopped}/cancellation").status_code == 303
    assert client.post(f"{stopped}/cancellation").status_code == 409
