"""The pages of customers."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from modules.customers.schemas.customer import CustomerForm
from modules.customers.services import customer_service, record_service

from .conftest import HOME, NOON

pytestmark = pytest.mark.backends("sqlite")
VERSION_FIELD = re.compile(r'name="~version" value="([0-9a-f]+)"')

NEW = {
    "name": "Anne Thill",
    "email": "anne@example.com",
    "tags": "VIP\nPickup",
    **{f"addresses.0.{name}": value for name, value in HOME.items()},
}


@pytest.fixture
def admin(client, make_platform, make_user, sign_in):
    """An admin of the only platform, signed in."""
    client.platform = make_platform()
    sign_in(client, make_user(admin_of=client.platform))
    return client


def test_an_empty_list_says_what_to_do(admin):
    page = admin.get("/admin/customers").text

    assert "No customers yet" in page
    assert "/admin/customers/new" in page


def test_a_created_customer_stands_in_the_list_and_has_a_profile(admin, within):
    answer = admin.post("/admin/customers", data=NEW)

    assert answer.status_code == 303
    profile = admin.get(answer.location).text
    assert "anne@example.com" in profile
    assert "Esch-sur-Alzette" in profile
    assert "Luxembourg" in profile
    assert "VIP" in profile
    assert "Anne Thill" in admin.get("/admin/customers").text


def test_wrong_input_comes_back_at_its_field(admin):
    answer = admin.post(
        "/admin/customers", data={**NEW, "name": "", "email": "nobody", "addresses.0.country": "XX"}
    )

    assert answer.status_code == 422
    assert 'id="field-name-errors"' in answer.text
    assert 'id="field-addresses-0-country-errors"' in answer.text
    assert "4, rue de la Gare" in answer.text


def test_an_address_that_is_no_mailbox_comes_back_at_its_field(admin):
    answer = admin.post("/admin/customers", data={**NEW, "email": "nobody"})

    assert answer.status_code == 422
    assert 'id="field-email-errors"' in answer.text


def test_a_known_address_comes_back_at_its_field(admin):
    admin.post("/admin/customers", data=NEW)

    answer = admin.post("/admin/customers", data=NEW)

    assert answer.status_code == 422
    assert "exists already" in answer.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("search=thill", True),
        ("search=nobody", False),
        ("tag=VIP", True),
        ("tag=Pickup&country=LU", True),
        ("consent=yes", False),
        ("consent=no", True),
    ],
)
def test_the_list_is_searched_and_filtered(admin, make_customer, query, found):
    make_customer(admin.platform, "other@example.com", name="Other", tags=["Other"], marketing_consent=True)
    admin.get(admin.post("/admin/customers", data=NEW).location)

    assert ("Anne Thill" in admin.get(f"/admin/customers?{query}").text) is found


def test_the_export_holds_what_the_filter_leaves(admin, make_customer):
    make_customer(admin.platform, "other@example.com", name="=Other")
    admin.post("/admin/customers", data=NEW)

    with admin.get("/admin/customers.csv") as every, admin.get("/admin/customers.csv?tag=VIP") as tagged:
        rows, few = every.text.splitlines(), tagged.text.splitlines()

    assert len(rows) == 3
    assert any("'=Other" in row for row in rows)
    assert len(few) == 2


def test_editing_shows_what_is_stored_and_saves_what_is_sent(admin):
    url = admin.post("/admin/customers", data=NEW).location

    form = admin.get(f"{url}/edit").text
    answer = admin.post(url, data={**NEW, "name": "Anne Muller", "tags": "", "marketing_consent": "true"})

    assert 'value="Anne Thill"' in form
    assert 'value="4, rue de la Gare"' in form
    assert answer.status_code == 303
    profile = admin.get(url).text
    assert "Anne Muller" in profile
    assert "entered by an admin" in profile


def test_what_somebody_else_wrote_meanwhile_is_not_overwritten_unseen(admin):
    profile = admin.post("/admin/customers", data=NEW).location
    opened = VERSION_FIELD.search(admin.get(f"{profile}/edit").text)[1]
    admin.post(profile, data=NEW | {"phone": "+352 1", "~version": opened})

    refused = admin.post(profile, data=NEW | {"name": "Anna Thill", "~version": opened})

    assert refused.status_code == 422
    assert "Somebody else has changed this" in refused.text
    assert 'value="Anna Thill"' in refused.text
    assert "+352 1" in admin.get(profile).text
    again = VERSION_FIELD.search(refused.text)[1]
    assert admin.post(profile, data=NEW | {"name": "Anna Thill", "~version": again}).status_code == 303


@pytest.mark.backends("sqlite", "postgresql")
def test_of_those_who_change_a_customer_at_once_one_is_first(admin, make_client, make_user, sign_in):
    profile = admin.post("/admin/customers", data=NEW).location
    opened = VERSION_FIELD.search(admin.get(f"{profile}/edit").text)[1]
    clients = [make_client() for _ in range(4)]
    for client in clients:
        sign_in(client, make_user(admin_of=admin.platform))
    start = threading.Barrier(len(clients))

    def save(position):
        start.wait()
        data = NEW | {"tags": f"Tag {position}", "~version": opened}
        return clients[position].post(profile, data=data).status_code

    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(pool.map(save, range(len(clients))))

    assert sorted(answers) == [303, 422, 422, 422]


def test_notes_are_written_and_deleted(admin, within):
    url = admin.post("/admin/customers", data=NEW).location

    admin.post(f"{url}/notes", data={"text": "Rings twice"})
    admin.post(f"{url}/notes", data={"text": " "})
    assert "Rings twice" in admin.get(url).text

    with within(admin.platform) as session:
        customer = customer_service.find_by_email(session, "anne@example.com")
        (note_id,) = [note.id for note in record_service.list_notes(session, customer)]
    assert admin.post(f"{url}/notes/{note_id}/removal").status_code == 303
    assert "Rings twice" not in admin.get(url).text


def test_anonymising_asks_first_and_then_leaves_nothing(admin):
    url = admin.post("/admin/customers", data=NEW).location

    assert "cannot be undone" in admin.get(f"{url}/anonymisation").text
    assert admin.post(f"{url}/anonymisation").status_code == 303

    assert "Anne Thill" not in admin.get("/admin/customers").text
    profile = admin.get(url).text
    assert "Anonymised customer" in profile
    assert "anne@example.com" not in profile
    assert admin.post(url, data=NEW).status_code == 409


def test_one_persons_data_is_a_file(admin):
    url = admin.post("/admin/customers", data=NEW).location

    answer = admin.get(f"{url}/data.json")

    assert answer.json["profile"]["email"] == "anne@example.com"
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_customer_of_another_platform_is_not_found(admin, make_platform, make_customer):
    stranger = make_customer(make_platform())

    for path in ("", "/edit", "/data.json", "/anonymisation"):
        assert admin.get(f"/admin/customers/{stranger}{path}").status_code == 404
    assert admin.post(f"/admin/customers/{stranger}", data=NEW).status_code == 404
    assert admin.post(f"/admin/customers/{stranger}/anonymisation").status_code == 404


def test_a_vendor_sees_its_own_customers_only(
    client, make_platform, make_vendor, make_user, sign_in, make_customer
):
    platform = make_platform()
    mine, other = make_vendor(platform), make_vendor(platform)
    own = make_customer(platform, vendors=[mine])
    shared = make_customer(platform, "shared@example.com", name="Shared Sue", vendors=[mine, other])
    stranger = make_customer(platform, "stranger@example.com", name="Strange Sam", vendors=[other])
    sign_in(client, make_user(staff_of=mine))
    base = f"/vendor/{mine.code}/customers"

    page = client.get(base).text

    assert "Jos Weber" in page
    assert "Shared Sue" in page
    assert "Strange Sam" not in page
    assert client.get(f"{base}/{own}/edit").status_code == 200
    assert client.get(f"{base}/{shared}/edit").status_code == 409
    assert client.get(f"{base}/{stranger}").status_code == 404
    assert client.get(f"{base}.csv").status_code == 403
    answer = client.post(base, data=NEW)
    assert "Anne Thill" in client.get(answer.location).text


def test_the_list_asks_no_query_per_row(admin, make_customer, count_queries):
    make_customer(admin.platform, "first@example.com")
    with count_queries() as few:
        admin.get("/admin/customers")
    for number in range(10):
        make_customer(admin.platform, f"more{number}@example.com")
    with count_queries() as many:
        admin.get("/admin/customers")

    assert len(many) == len(few), str(many)


def test_a_vendor_learns_from_no_answer_whom_the_platform_knows(
    client, make_platform, make_vendor, make_user, sign_in, make_customer, within
):
    platform = make_platform()
    mine, other = make_vendor(platform), make_vendor(platform)
    make_customer(platform, "anne@example.com", name="Secret Name", phone="+352 99", vendors=[other])
    guest = make_customer(platform, "guest@example.com", name="Guest", vendors=[mine])
    shared = make_customer(platform, "shared@example.com", name="Sue", phone="+352 77", vendors=[mine, other])
    sign_in(client, make_user(owner_of=mine))
    base = f"/vendor/{mine.code}/customers"

    known, unknown = client.post(base, data=NEW), client.post(base, data={**NEW, "email": "free@example.com"})

    assert (known.status_code, unknown.status_code) == (303, 303)
    profile = client.get(known.location).text
    assert "Anne Thill" in profile
    assert "Secret Name" not in profile
    assert "+352 99" not in profile
    assert client.post(base, data=NEW).status_code == 422  # its own entry, which it sees
    moved = client.post(f"{base}/{guest}", data={**NEW, "email": "anne@example.com"})
    free = client.post(f"{base}/{guest}", data={**NEW, "email": "nobody@example.com"})
    assert (moved.status_code, free.status_code) == (422, 422)
    assert client.post(f"{base}/{guest}", data={**NEW, "email": "guest@example.com"}).status_code == 303
    page = client.get(f"{base}/{shared}").text
    assert "+352 77" not in page
    assert "Esch-sur-Alzette" not in page
    assert "+352 77" not in client.get(base).text
    assert "Sue" not in client.get(f"{base}?search=%2B352").text
    with within(platform) as session:
        assert customer_service.find_by_email(session, "anne@example.com").name == "Secret Name"


def test_an_order_finds_the_customer_whom_its_vendor_knows(
    make_platform, make_vendor, make_customer, make_user, within
):
    platform = make_platform()
    mine = make_vendor(platform)
    form = CustomerForm(name="Mine", email="jos@example.com")
    with within(platform, mine) as session:
        own = customer_service.create_customer(
            session, form, platform_id=platform.id, vendor_id=mine.id, at=NOON, actor_id=None, source="vendor"
        ).id

    def ordered_by():
        with within(platform) as session:
            return customer_service.find_or_create_by_email(
                session,
                platform_id=platform.id,
                email="jos@example.com",
                name="Jos",
                at=NOON,
                vendor_id=mine.id,
            ).id

    assert ordered_by() == own
    account = make_customer(platform, "jos@example.com")
    with within(platform) as session:
        customer_service.get_customer(session, account).user_id = make_user().id
    assert ordered_by() == account
