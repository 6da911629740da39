"""The pages of bank statements and transfers, as admins, vendors and customers see them."""

import io

import pytest

from modules.payments.services import account_service, matching_service, payment_service, statement_service
from modules.payments.statements import references
from tests.modules.payments.bank_files import OTHER, OWN, PAYER, entry, statement
from tests.modules.payments.conftest import NOON
from tests.modules.payments.test_bank_matching import begin, entries_of, make_bank, upload
from wizamart.money import Money

pytestmark = pytest.mark.backends("sqlite")


@pytest.fixture
def admin(client, make_user, sign_in, platform):
    sign_in(client, make_user(admin_of=platform))
    client.base = f"/platforms/{platform.code}/admin"
    return client


@pytest.fixture
def portal(make_client, make_user, sign_in, platform, vendor):
    """Return `portal(**role)`: a client in the vendor's portal."""

    def enter(**role):
        client = make_client()
        sign_in(client, make_user(**(role or {"owner_of": vendor})))
        client.base = f"/platforms/{platform.code}/vendor/{vendor.code}"
        return client

    return enter


@pytest.fixture
def bank(in_scope, platform):
    with in_scope() as session:
        return make_bank(session, platform)


def send(client, content, name="may.xml"):
    return client.post(
        f"{client.base}/bank-statements",
        data={"account_id": client.account, "file": (io.BytesIO(content), name)},
    )


def test_a_bank_account_is_set_up_with_what_is_known_of_it(admin, in_scope):
    url = f"{admin.base}/payment-accounts/new/bank_transfer"
    values = {
        "name": "Our bank",
        "methods": "bank_transfer",
        "credentials.holder": "Shop",
        "credentials.due_days": "7",
    }

    wrong = admin.post(url, data={**values, "credentials.iban": "LU28 0019 4006 4475 0001"})
    right = admin.post(url, data={**values, "credentials.iban": "lu28 0019 4006 4475 0000"})

    assert (wrong.status_code, right.status_code) == (422, 303)
    assert "This is no valid IBAN." in wrong.text
    with in_scope(read_only=True) as session:
        [account] = session.scalars(account_service.build_query(vendor_id=None))
        assert (account.credentials["iban"], account.credentials["bic"]) == (OWN, "BCEELULL")


def test_without_an_account_the_list_says_what_to_do(admin):
    page = admin.get(f"{admin.base}/bank-statements")

    assert "No bank account yet" in page.text
    assert f"{admin.base}/payment-accounts/new/bank_transfer" in page.text


def test_a_file_is_looked_at_then_taken_in_and_its_entries_worked_off(
    admin, in_scope, platform, vendor, bank
):
    admin.account = bank.id
    with in_scope() as session:
        payment, other = (
            begin(session, platform, vendor),
            begin(session, platform, vendor, reference="ORD-2002"),
        )
    reference = references.build(payment.id)
    content = statement(
        entry("25.00", ustrd=reference, name="Ann &lt;b&gt;", iban=PAYER),
        entry("9.99", ustrd="gift"),
        entry("1", booked="never"),
    )

    sent = send(admin, content)
    page = admin.get(sent.location)
    assert "Take in" in page.text
    assert "Ann &lt;b&gt;" in page.text
    assert "“never” is no date." in page.text
    taken = admin.post(f"{sent.location}/intake")
    assert taken.status_code == 303
    assert admin.post(f"{sent.location}/intake").status_code == 409
    assert send(admin, content).location == sent.location
    assert "an overpayment" in admin.get(sent.location).text

    with in_scope(read_only=True) as session:
        first, second = (found.id for found in entries_of(session))
    entries = f"{admin.base}/bank-entries"
    assert "Probably ORD-1001" in admin.get(f"{entries}/{first}").text
    assert admin.post(f"{entries}/{first}/match", data={"payment_id": payment.id}).status_code == 303
    matched = admin.get(f"{entries}/{first}").text
    assert "€15.00 more came in than was asked for" in matched
    assert admin.post(f"{entries}/{first}/match", data={"payment_id": other.id}).status_code == 409
    assert admin.post(f"{entries}/{second}/setting-aside", data={"reason": ""}).status_code == 422
    assert admin.post(f"{entries}/{second}/setting-aside", data={"reason": "A gift"}).status_code == 303
    assert "A gift" in admin.get(f"{entries}/{second}").text
    assert admin.post(f"{entries}/{second}/restoring").status_code == 303
    found = admin.get(f"{entries}/{second}?search=ORD-2002").text
    assert "ORD-2002" in found
    assert admin.post(f"{entries}/{first}/unmatching").status_code == 303
    with in_scope(read_only=True) as session:
        assert payment_service.get_payment(session, payment.id).captured_minor == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"<html/>", "no bank statement"),
        (b'<!DOCTYPE x [<!ENTITY y "z">]><Document/>', "document type definition"),
        (statement(entry(), iban=OTHER), OTHER),
        (statement(), ""),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_its_field(admin, bank, content, words):
    admin.account = bank.id

    answer = send(admin, content)

    if words:
        assert answer.status_code == 422
        assert words in answer.text
        assert 'id="field-file-error"' in answer.text
    else:
        assert "Take in" not in admin.get(answer.location).text
        assert admin.post(f"{answer.location}/removal").status_code == 303


def test_columns_of_a_table_are_said_by_hand(admin, bank, in_scope):
    admin.account = bank.id
    sent = send(admin, b"When;Who;How much\n04.05.2026;Ann;12,50\n", "export.csv")
    page = admin.get(sent.location)
    assert "Please say what the columns hold" in page.text
    assert admin.post(f"{sent.location}/intake").status_code == 422

    said = {
        "column.when": "booked_on",
        "column.how much": "amount",
        "column.who": "name",
        "column.x": "nonsense",
    }
    assert admin.post(f"{sent.location}/columns", data=said).status_code == 303
    assert "€12.50" in admin.get(sent.location).text
    assert admin.post(f"{sent.location}/intake").status_code == 303

    with in_scope(read_only=True) as session:
        assert [(found.name, found.amount_minor) for found in entries_of(session)] == [("Ann", 1250)]


def test_refunds_are_listed_written_and_marked_as_done(admin, in_scope, platform, vendor, bank):
    with in_scope() as session:
        payment = begin(session, platform, vendor)
        upload(session, bank, statement(entry("10.00", ustrd=references.build(payment.id), name="Ann")))
        asked = payment_service.request_refund(session, payment, amount=Money(400, "EUR"), at=NOON)
    url = f"{admin.base}/transfers"

    assert "IBAN missing" in admin.get(url).text
    assert admin.post(f"{url}.xml", data={"account_id": bank.id}).status_code == 409
    assert admin.post(f"{url}/{asked.id}/edit", data={"name": "Ann", "iban": "wrong"}).status_code == 422
    assert admin.post(f"{url}/{asked.id}/edit", data={"name": "Ann", "iban": PAYER}).status_code == 303
    written = admin.post(f"{url}.xml", data={"account_id": bank.id})
    assert (written.status_code, written.mimetype) == (200, "application/xml")
    assert PAYER in written.text
    assert admin.post(f"{url}/{asked.id}/completion", data={"outcome": "done"}).status_code == 303
    assert admin.get(f"{url}/{asked.id}/edit").status_code == 404
    with in_scope(read_only=True) as session:
        assert payment_service.get_payment(session, payment.id).refunded_minor == 400


def test_vendors_see_their_own_account_only_and_staff_gives_nothing_back(
    portal, in_scope, platform, vendor, bank
):
    with in_scope() as session:
        kept = upload(session, bank, statement(entry("10.00")))
        [of_platform] = entries_of(session)
        own = make_bank(session, platform, vendor_id=vendor.id, name="Own")
    owner, staff = portal(), portal(staff_of=vendor)
    owner.account = bank.id

    assert send(owner, statement(entry("1.00"))).status_code == 422
    owner.account = own.id
    assert send(owner, statement(entry("1.00"))).status_code == 303
    for path in (f"bank-statements/{kept.id}", f"bank-entries/{of_platform.id}"):
        assert owner.get(f"{owner.base}/{path}").status_code == 404
    assert owner.post(f"{owner.base}/bank-entries/{of_platform.id}/match").status_code == 404
    assert staff.get(f"{staff.base}/bank-statements").status_code == 200
    assert staff.get(f"{staff.base}/transfers").status_code == 200


def test_a_customer_is_told_where_to_transfer_the_money(client, in_scope, platform, vendor, bank):
    with in_scope() as session:
        payment = begin(session, platform, vendor)
    page = client.get(f"/platforms/{platform.code}/pay/{payment.token}").text

    for told in (
        "LU28 0019 4006 4475 0000",
        "BCEELULL",
        references.formatted(references.build(payment.id)),
        "€10.00",
    ):
        assert told in page
    assert "<svg" in page
    assert "18 May 2026" in page
    with in_scope() as session:
        upload(session, bank, statement(entry("4.00", ustrd=references.build(payment.id))))
        [found] = entries_of(session)
        matching_service.match(session, found, payment_id=payment.id, vendor_id=None, actor_id=1, at=NOON)

    part = client.get(f"/platforms/{platform.code}/pay/{payment.token}").text
    assert "We have received €4.00. €6.00 are still missing." in part


def test_lists_ask_no_more_for_many_entries_than_for_one(admin, in_scope, bank, count_queries):
    with in_scope() as session:
        upload(session, bank, statement(entry("1.00")))
    for path in ("bank-entries", "bank-statements"):
        admin.get(f"{admin.base}/{path}")
    with count_queries() as few:
        admin.get(f"{admin.base}/bank-entries")
        admin.get(f"{admin.base}/bank-statements")
    with in_scope() as session:
        for number in range(4):
            content = statement(entry(f"{number + 2}.00"), identification=str(number))
            upload(session, bank, content)
        assert len(session.scalars(statement_service.build_query(vendor_id=None)).all()) == 5

    with count_queries() as many:
        admin.get(f"{admin.base}/bank-entries")
        admin.get(f"{admin.base}/bank-statements")

    assert len(many) == len(few), many


def test_the_dashboards_say_what_there_is_to_do(admin, in_scope, platform, vendor, bank, portal):
    with in_scope() as session:
        payment = begin(session, platform, vendor)
        paid = entry("10.00", ustrd=references.build(payment.id), iban=PAYER)
        upload(session, bank, statement(paid, entry("3.00")))
        payment_service.request_refund(session, payment, at=NOON)

    page = admin.get(f"{admin.base}/").text

    assert "Bank entries to be matched" in page
    assert "Refunds to be transferred" in page
    owner = portal()
    assert "to be matched" not in owner.get(f"{owner.base}/").text
