"""What can be done with customers."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from modules.customers import handlers
from modules.customers.exceptions import (
    CustomerAnonymised,
    CustomerEmailTaken,
    CustomerNotFound,
    CustomerShared,
    NoteNotFound,
)
from modules.customers.schemas.customer import CustomerForm
from modules.customers.services import customer_service, privacy_service, record_service
from wizamart.auth import user_service
from wizamart.auth.exceptions import EmailInvalid
from wizamart.module_system import delivery

from .conftest import HOME, NOON


@pytest.fixture
def emitted(monkeypatch):
    names = []

    def note(_session, name, *_rest):
        names.append(name)

    monkeypatch.setattr("wizamart.module_system.events._dispatch", [note])
    assert delivery.dispatch is not note
    return names


def test_an_address_is_one_customer_whatever_its_case(within, make_platform, emitted):
    platform = make_platform()

    with within(platform) as session:
        first = customer_service.find_or_create_by_email(
            session, platform_id=platform.id, email="Jos@Example.com", name="Jos", at=NOON
        )
        second = customer_service.find_or_create_by_email(
            session, platform_id=platform.id, email=" jos@example.com", name="Somebody", at=NOON
        )
        found = (first.id, second.id, second.name, second.email)

    assert found == (found[0], found[0], "Jos", "jos@example.com")
    assert emitted == ["customers.customer_created"]


def test_two_platforms_know_the_same_address_apart(within, make_platform, make_customer):
    one, other = make_platform(), make_platform()
    make_customer(one)

    with within(other) as session:
        assert customer_service.find_by_email(session, "jos@example.com") is None
        customer_service.find_or_create_by_email(
            session, platform_id=other.id, email="jos@example.com", name="Jos", at=NOON
        )


def test_an_address_that_is_none_is_refused(within, make_platform):
    platform = make_platform()

    with within(platform) as session, pytest.raises(EmailInvalid):
        customer_service.find_or_create_by_email(
            session, platform_id=platform.id, email="nobody", name="Jos", at=NOON
        )


def test_creating_a_known_address_is_refused_at_its_field(within, make_platform, make_customer):
    platform = make_platform()
    make_customer(platform)

    with within(platform) as session, pytest.raises(CustomerEmailTaken) as refusal:
        customer_service.create_customer(
            session,
            CustomerForm(name="Other", email="JOS@example.com"),
            platform_id=platform.id,
            at=NOON,
            actor_id=None,
            source="admin",
        )

    assert list(refusal.value.errors) == ["email"]


def test_a_vendor_finds_only_who_deals_with_it(within, make_platform, make_vendor, make_customer):
    platform = make_platform()
    mine, other = make_vendor(platform), make_vendor(platform)
    customer_id = make_customer(platform, vendors=[mine])

    with within(platform, other) as session:
        with pytest.raises(CustomerNotFound):
            customer_service.get_customer(session, customer_id, vendor_id=other.id)
        assert customer_service.list_customers(session, vendor_id=other.id) == []
        assert customer_service.count_customers(session, vendor_id=other.id) == 0
    with within(platform, mine) as session:
        assert customer_service.get_customer(session, customer_id, vendor_id=mine.id).name == "Jos Weber"
        assert customer_service.count_customers(session, vendor_id=mine.id, since=NOON) == 1
        assert customer_service.count_customers(session, since=NOON + timedelta(days=1)) == 0


def test_a_vendor_cannot_change_a_customer_it_shares(within, make_platform, make_vendor, make_customer):
    platform = make_platform()
    mine, other = make_vendor(platform), make_vendor(platform)
    shared = make_customer(platform, vendors=[mine, other])
    own = make_customer(platform, "own@example.com", vendors=[mine])
    form = CustomerForm(name="Changed", email="own@example.com")

    with within(platform, mine) as session:
        customer = customer_service.get_customer(session, shared, vendor_id=mine.id)
        with pytest.raises(CustomerShared):
            customer_service.update_customer(
                session, customer, form, at=NOON, actor_id=None, source="vendor", vendor_id=mine.id
            )
        customer = customer_service.get_customer(session, own, vendor_id=mine.id)
        customer_service.update_customer(
            session, customer, form, at=NOON, actor_id=None, source="vendor", vendor_id=mine.id
        )
        assert customer.name == "Changed"


def test_consent_is_kept_with_its_history_and_only_when_it_changes(within, make_platform, make_customer):
    platform = make_platform()
    customer_id = make_customer(platform, marketing_consent=True)

    with within(platform) as session:
        customer = customer_service.get_customer(session, customer_id)
        for given in (True, False, False, True):
            record_service.set_consent(
                session, customer, is_given=given, source="storefront", actor_id=None, at=NOON
            )
        session.flush()
        history = [row.is_given for row in record_service.list_consents(session, customer)]

    assert history == [True, False, True]


def test_tags_and_notes_of_a_vendor_are_its_own(within, make_platform, make_vendor, make_customer):
    platform = make_platform()
    vendor = make_vendor(platform)
    customer_id = make_customer(platform, vendors=[vendor], tags=["VIP", "vip", "Late"])

    with within(platform, vendor) as session:
        customer = customer_service.get_customer(session, customer_id)
        record_service.set_tags(session, customer, ["Regular"], vendor_id=vendor.id)
        note = record_service.add_note(
            session, customer, text="Hi", author_id=None, author_name="Ann", at=NOON, vendor_id=vendor.id
        )
        session.flush()
        assert record_service.tags_of(session, [customer_id], vendor_id=vendor.id) == {
            customer_id: ["Regular"]
        }
        assert record_service.tags_of(session, [customer_id]) == {customer_id: ["Late", "VIP"]}
        assert record_service.list_notes(session, customer) == []
        with pytest.raises(NoteNotFound):
            record_service.delete_note(session, customer, note.id)
        record_service.delete_note(session, customer, note.id, vendor_id=vendor.id)


def test_the_first_address_gives_the_country(within, make_platform, make_customer):
    platform = make_platform()
    customer_id = make_customer(platform)

    with within(platform) as session:
        customer = customer_service.get_customer(session, customer_id)
        assert customer.country == "LU"
        form = CustomerForm(name="Jos", email="jos@example.com", addresses=[{**HOME, "country": "FR"}, HOME])
        customer_service.update_customer(session, customer, form, at=NOON, actor_id=None, source="admin")
        session.flush()
        assert (customer.country, [one.position for one in customer.addresses]) == ("FR", [0, 1])


def test_an_anonymised_customer_keeps_its_row_and_loses_the_person(
    within, make_platform, make_customer, make_user, emitted
):
    platform, user = make_platform(), make_user("jos@example.com")
    customer_id = make_customer(platform, tags=["VIP"], phone="+352 1", marketing_consent=True)
    with within(platform) as session:
        customer = customer_service.get_customer(session, customer_id)
        customer.user_id = user.id
        record_service.add_note(
            session, customer, text="Jos likes tea", author_id=None, author_name="Ann", at=NOON
        )
        exported = privacy_service.export_person(session, customer, platform_id=platform.id)
        privacy_service.anonymise(session, customer, actor_id=None, at=NOON)
        privacy_service.anonymise(session, customer, actor_id=None, at=NOON + timedelta(days=1))

    assert exported["profile"]["email"] == "jos@example.com"
    assert exported["notes"][0]["text"] == "Jos likes tea"
    assert (exported["addresses"][0]["city"], exported["tags"]) == ("Esch-sur-Alzette", ["VIP"])
    with within(platform) as session:
        customer = customer_service.get_customer(session, customer_id)
        left = privacy_service.export_person(session, customer, platform_id=platform.id)
        assert (customer.name, customer.email, customer.phone, customer.anonymised_at) == ("", None, "", NOON)
        assert (left["addresses"], left["notes"], left["tags"]) == ([], [], [])
        closed = user_service.get_user(session, user.id)
        assert (closed.is_active, closed.email) == (False, f"anonymised-{user.id}@wizamart.invalid")
        with pytest.raises(CustomerAnonymised):
            record_service.add_note(
                session, customer, text="again", author_id=None, author_name="Ann", at=NOON
            )
    assert emitted.count("customers.customer_anonymised") == 1


def test_anonymising_leaves_the_account_of_somebody_who_works_here(
    within, make_platform, make_customer, make_user
):
    platform = make_platform()
    user = make_user("jos@example.com", admin_of=platform)
    customer_id = make_customer(platform)

    with within(platform) as session:
        customer = customer_service.get_customer(session, customer_id)
        customer.user_id = user.id
        privacy_service.anonymise(session, customer, actor_id=None, at=NOON)
        assert user_service.get_user(session, user.id).is_active


def test_an_order_lets_its_vendor_see_the_customer(within, make_platform, make_vendor, make_customer):
    platform = make_platform()
    vendor = make_vendor(platform)
    customer_id = make_customer(platform)

    with within(platform) as session:
        for event in (
            SimpleNamespace(customer_id=customer_id, vendor_id=vendor.id),
            SimpleNamespace(customer_id=customer_id, vendor_id=vendor.id),
            SimpleNamespace(customer_id=None, vendor_id=vendor.id),
        ):
            handlers.link_customer_to_vendor(session, event)
            session.flush()
        customers = customer_service.list_customers(session, vendor_id=vendor.id)
        assert [one.id for one in customers] == [customer_id]
