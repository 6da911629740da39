"""What vendors have entered themselves about a person belongs to what the person may ask for."""

import pytest

from modules.customers.models.customer import Customer
from modules.customers.schemas.customer import CustomerForm
from modules.customers.services import customer_service, privacy_service, record_service

from .conftest import NOON

PASSWORD = "correct horse battery"


@pytest.fixture
def enter(within):
    """Return `enter(platform, vendor, email="jos@example.com", note="")`: the id of a vendor's own entry."""

    def make(platform, vendor, email="jos@example.com", note=""):
        with within(platform, vendor) as session:
            entry = customer_service.create_customer(
                session,
                CustomerForm(name="Jos W.", email=email, phone="+352 621 1"),
                platform_id=platform.id,
                vendor_id=vendor.id,
                at=NOON,
                actor_id=None,
                source="vendor",
            )
            if note:
                record_service.add_note(
                    session,
                    entry,
                    text=note,
                    author_id=None,
                    author_name="Léa",
                    at=NOON,
                    vendor_id=vendor.id,
                )
            return entry.id

    return make


def test_a_person_is_told_what_vendors_noted_under_the_address_they_proved(
    within, make_platform, make_vendor, make_customer, enter
):
    platform, elsewhere = make_platform(), make_platform()
    shop, other = make_vendor(platform, name="Shop"), make_vendor(platform, name="Other")
    customer_id = make_customer(platform)
    enter(platform, shop, "Jos@Example.com", note="Pays late")
    enter(platform, other, "ann@example.com", note="Somebody else")
    enter(elsewhere, make_vendor(elsewhere), note="On another platform")

    with within(platform) as session:
        customer = customer_service.get_customer(session, customer_id)
        told = privacy_service.export_person(
            session, customer, platform_id=platform.id, email="jos@example.com"
        )
        unproved = privacy_service.export_person(session, customer, platform_id=platform.id)

    (entry,) = told["entries_of_vendors"]
    assert (entry["vendor"], entry["profile"]["phone"]) == ("Shop", "+352 621 1")
    assert [note["text"] for note in entry["notes"]] == ["Pays late"]
    assert told["profile"]["name"] == "Jos Weber"
    assert unproved["entries_of_vendors"] == []


def test_forgetting_a_person_reaches_vendors_entries_and_nobody_elses(
    within, make_platform, make_vendor, make_customer, enter
):
    platform = make_platform()
    shop, other = make_vendor(platform), make_vendor(platform)
    customer_id = make_customer(platform)
    entries = [enter(platform, shop, note="Pays late"), enter(platform, other)]
    stranger = enter(platform, shop, "ann@example.com")

    with within(platform) as session:
        customer = customer_service.get_customer(session, customer_id)
        privacy_service.anonymise(session, customer, actor_id=None, at=NOON, email=customer.email)

    with within(platform) as session:
        for number in (customer_id, *entries):
            gone = session.get(Customer, number)
            assert (gone.name, gone.email, gone.phone, gone.is_anonymised) == ("", None, "", True)
            assert record_service.list_notes(session, gone, vendor_id=shop.id) == []
        assert session.get(Customer, stranger).email == "ann@example.com"


@pytest.mark.backends("sqlite")
def test_the_account_in_the_shop_hands_out_and_forgets_vendors_entries(
    client, make_platform, make_vendor, make_user, sign_in, within, enter
):
    platform = make_platform()
    vendor = make_vendor(platform)
    entry = enter(platform, vendor, note="Likes tea")
    enter(platform, vendor, "ann@example.com", note="Not about Jos")
    sign_in(client, make_user("jos@example.com", password=PASSWORD))

    answer = client.get("/account/data.json")
    assert [row["notes"][0]["text"] for row in answer.json["entries_of_vendors"]] == ["Likes tea"]
    assert "Not about Jos" not in answer.text
    assert "noted about you themselves" in client.get("/account/closing").text

    client.post("/account/closing", data={"password": PASSWORD})

    with within(platform) as session:
        assert session.get(Customer, entry).is_anonymised


@pytest.mark.backends("sqlite")
def test_an_admin_is_told_whose_entries_go_with_a_customer(
    client, make_platform, make_vendor, make_user, sign_in, make_customer, within, enter
):
    platform = make_platform()
    vendor = make_vendor(platform, name="Maison <b>")
    customer_id, entry = make_customer(platform), enter(platform, vendor)
    sign_in(client, make_user(admin_of=platform))

    asked = client.get(f"/admin/customers/{customer_id}/anonymisation").text
    assert "Maison &lt;b&gt;" in asked
    assert len(client.get(f"/admin/customers/{customer_id}/data.json").json["entries_of_vendors"]) == 1
    alone = client.get(f"/admin/customers/{entry}/anonymisation").text
    assert "own entry" in alone
    assert client.get(f"/admin/customers/{entry}/data.json").json["entries_of_vendors"] == []

    client.post(f"/admin/customers/{entry}/anonymisation")
    with within(platform) as session:
        assert session.get(Customer, entry).is_anonymised
        assert not session.get(Customer, customer_id).is_anonymised
    client.post(f"/admin/customers/{customer_id}/anonymisation")
    with within(platform) as session:
        assert session.get(Customer, customer_id).is_anonymised


@pytest.mark.backends("sqlite")
def test_an_open_order_that_a_vendor_typed_in_holds_the_closing_up(
    client, make_platform, make_vendor, make_user, sign_in, make_order, within, enter
):
    platform = make_platform(modules=["payments", "orders"])
    vendor = make_vendor(platform)
    entry = enter(platform, vendor)
    make_order(platform, vendor, entry, paid=500, status="paid")
    sign_in(client, make_user("jos@example.com", password=PASSWORD))

    refused = client.post("/account/closing", data={"password": PASSWORD})

    assert refused.status_code == 422
    assert "orders on their way" in refused.text
    with within(platform) as session:
        assert not session.get(Customer, entry).is_gone
