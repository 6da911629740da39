"""By what two customers are found to be one person, and what is left of them; no database."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from modules.customers.schemas.likeness import Likeness, email_key, keys_of, phone_key, place_key
from modules.customers.schemas.merge import Decision, merge_consents, merge_people

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("jos.weber@gmail.com", "JosWeber+shop@googlemail.com", True),
        ("jos+shop@example.com", "jos@example.com", True),
        ("jos.weber@example.com", "josweber@example.com", False),
        ("+shop@example.com", "jos@example.com", False),
    ],
)
def test_a_mailbox_is_known_under_its_other_spellings(one, other, same):
    assert (email_key(one) == email_key(other)) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("+352 621 555 014", "00352621555014", True),
        ("621 555 014", "+352 (621) 555-014", True),
        ("0151 5550 9981", "+49 151 55509981", True),
        ("621 555 014", "621 555 015", False),
    ],
)
def test_a_phone_is_known_with_and_without_its_country(one, other, same):
    assert (phone_key(one) == phone_key(other)) is same
    assert phone_key("112") == ""


def test_name_and_place_are_known_without_accents_order_and_the_countrys_letter():
    assert place_key("Hélène  Marchal", "L-2449") == place_key("MARCHAL, Helene", "2449")
    assert place_key("Hélène Marchal", "2449") != place_key("Hélène Marchal", "2450")
    assert place_key("", "2449") == place_key("Jos", "") == ""


def test_keys_leave_out_what_says_nothing():
    found = keys_of(email=None, phone="12", name="Jos", postal_codes=["4031", "4031"])

    assert found == {(Likeness.PLACE, "jos|4031")}


def test_who_is_kept_counts_and_the_other_fills_the_gaps():
    kept = SimpleNamespace(
        name="Jos", email="jos@example.com", phone="", locale=None, created_at=NOON, user_id=None
    )
    gone = SimpleNamespace(
        name="J. Weber",
        email="w@example.com",
        phone="+352 1",
        locale="lb",
        created_at=NOON - timedelta(days=9),
        user_id=7,
    )

    merged = merge_people(kept, gone)

    assert (merged.name, merged.email, merged.phone) == ("Jos", "jos@example.com", "+352 1")
    assert (merged.locale, merged.user_id, merged.created_at) == ("lb", 7, NOON - timedelta(days=9))


def test_what_was_said_last_about_news_holds_and_of_one_moment_the_refusal():
    yes, later_no = Decision(NOON, is_given=True), Decision(NOON + timedelta(days=1), is_given=False)

    assert merge_consents([yes, later_no]) is False
    assert merge_consents([later_no, yes]) is False
    assert merge_consents([yes]) is True
    assert merge_consents([]) is False
    assert merge_consents([yes, Decision(NOON, is_given=False)]) is False
