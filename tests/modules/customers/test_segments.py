"""Segments: rules, who is in them, and the pages in which they are built."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from modules.customers.exceptions import SegmentIncomplete
from modules.customers.schemas.segment import Choice, Match, ValueKind, read_value, write_value
from modules.customers.services import customer_service, record_service, segment_service, tag_service
from wizamart.exceptions import InvalidInput
from wizamart.module_system import service as module_service

from .conftest import NOON

LU, FR = Choice("customers.country", "LU"), Choice("customers.country", "FR")
NEWS = Choice("customers.consent")


def without(choice):
    return Choice(choice.code, choice.value, is_without=True)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (ValueKind.MONEY, "1 234,50", 123450),
        (ValueKind.MONEY, "12.50", 1250),
        (ValueKind.DAY, "2026-03-31", "2026-03-31"),
        (ValueKind.NUMBER, " 30 ", 30),
        (ValueKind.COUNTRY, "LU", "LU"),
        (ValueKind.NOTHING, "whatever", None),
    ],
)
def test_what_was_typed_becomes_a_value_and_back(kind, text, value):
    assert read_value(kind, text, currency="EUR") == value
    shown = write_value(kind, value, currency="EUR")
    assert read_value(kind, shown, currency="EUR") == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (ValueKind.MONEY, "12.505"),
        (ValueKind.MONEY, "-1"),
        (ValueKind.MONEY, "NaN"),
        (ValueKind.MONEY, "1e400"),
        (ValueKind.MONEY, "1e999998"),
        (ValueKind.DAY, "31.3.2026"),
        (ValueKind.DAY, "0001-01-01"),
        (ValueKind.NUMBER, "-3"),
        (ValueKind.NUMBER, "12345678901"),
        (ValueKind.COUNTRY, "Atlantis"),
        (ValueKind.TAG, ""),
    ],
)
def test_what_makes_no_sense_is_refused_with_words(kind, text):
    with pytest.raises(ValueError, match=r".{10,}"):
        read_value(kind, text, currency="EUR")


@pytest.fixture
def people(within, make_platform, make_vendor, make_customer, make_order):
    """A platform with orders, two vendors and four people."""
    platform = make_platform(modules=["orders"])
    platform.mine, platform.other = make_vendor(platform), make_vendor(platform)
    home = {"line1": "1", "postal_code": "1", "city": "X"}
    ids = [
        make_customer(
            platform, "a@example.com", addresses=[{**home, "country": "LU"}], marketing_consent=True
        ),
        make_customer(platform, "b@example.com", addresses=[{**home, "country": "FR"}], tags=["VIP"]),
        make_customer(
            platform, "c@example.com", addresses=[], marketing_consent=True, vendors=[platform.mine]
        ),
        make_customer(
            platform, "d@example.com", addresses=[{**home, "country": "LU"}], vendors=[platform.other]
        ),
    ]
    make_order(platform, platform.mine, ids[0], paid=6000)
    make_order(platform, platform.other, ids[0], paid=5000, refunded_minor=1000)
    make_order(platform, platform.mine, ids[1], paid=9000, placed_at=NOON - timedelta(days=90))
    make_order(platform, platform.mine, ids[2], paid=20000, status="cancelled")
    make_order(platform, platform.mine, None, paid=20000)
    platform.ids = dict(zip("abcd", ids, strict=True))
    return platform


def test_rules_are_combined_by_all_or_any_and_turned_round(within, people):
    platform = people
    days = Choice("orders.within", 30)
    cases = [
        ([LU], Match.ALL, 2),
        ([LU, NEWS], Match.ALL, 1),
        ([LU, NEWS], Match.ANY, 3),
        ([LU, FR], Match.ANY, 3),
        ([without(LU)], Match.ALL, 2),
        ([without(LU), without(FR)], Match.ALL, 1),
        ([Choice("customers.tag", "VIP")], Match.ALL, 1),
        ([Choice("customers.vendor", platform.mine.id)], Match.ALL, 1),
        ([Choice("customers.since", "2026-11-20")], Match.ALL, 4),
        ([Choice("customers.since", "2026-11-21")], Match.ALL, 0),
        ([Choice("customers.within", 999999999)], Match.ALL, 4),
        ([Choice("customers.account")], Match.ALL, 0),
        ([Choice("customers.language", "lb")], Match.ALL, 0),
        ([Choice("orders.spent", 10000)], Match.ALL, 1),
        ([Choice("orders.spent", 10001)], Match.ALL, 0),
        ([Choice("orders.since", "2026-11-01")], Match.ALL, 1),
        ([days], Match.ALL, 1),
        ([without(days)], Match.ALL, 3),
        ([Choice("orders.times", 2)], Match.ALL, 1),
        ([without(Choice("orders.times", 1)), NEWS], Match.ALL, 1),
    ]

    with within(platform) as session:
        context = segment_service.make_context(session, platform_id=platform.id, vendor_id=None, at=NOON)
        counted = [
            segment_service.count_matching(session, choices, match, context)
            for choices, match, _count in cases
        ]

    assert counted == [count for _choices, _match, count in cases]


def test_a_vendor_counts_its_own_customers_by_its_own_orders(within, people):
    platform = people
    with within(platform, platform.mine) as session:
        context = segment_service.make_context(
            session, platform_id=platform.id, vendor_id=platform.mine.id, at=NOON
        )
        rules = segment_service.list_rules(session, platform_id=platform.id, vendor_id=platform.mine.id)

        assert "customers.vendor" not in rules
        assert segment_service.count_matching(session, [NEWS], Match.ALL, context) == 1
        spent = [Choice("orders.spent", 1)]
        assert (
            segment_service.count_matching(session, spent, Match.ALL, context) == 0
        )  # none of its own bought


def test_a_rule_of_a_module_that_is_off_is_named_and_finds_nobody(within, people):
    platform = people
    with within(platform) as session:
        context = segment_service.make_context(session, platform_id=platform.id, vendor_id=None, at=NOON)
        spent = [Choice("orders.spent", 100)]
        segment = segment_service.create_segment(session, "Good", spent, Match.ALL, context=context)
        session.flush()
        before = segment_service.list_counts(session, [segment.id], at=NOON)[segment.id]
        module_service.disable_module(session, platform.id, "orders")
        segment_id = segment.id

    assert before == [2]
    with within(platform) as session:
        context = segment_service.make_context(
            session, platform_id=platform.id, vendor_id=None, at=NOON + timedelta(days=1)
        )
        with pytest.raises(SegmentIncomplete, match=r"Spent at least \(module Orders\)"):
            segment_service.count_matching(session, spent, Match.ALL, context)
        assert segment_service.record_counts(session, platform_id=platform.id, at=context.now) == 1
        assert segment_service.list_counts(session, [segment_id], at=context.now)[segment_id] == [2]


def test_counts_are_kept_by_day_for_vendors_too(within, people):
    platform = people
    with within(platform) as session:
        context = segment_service.make_context(session, platform_id=platform.id, vendor_id=None, at=NOON)
        ours = segment_service.create_segment(session, "News", [NEWS], Match.ALL, context=context)
        segment_service.record_count(session, ours, context)
        with pytest.raises(InvalidInput) as refusal:
            segment_service.create_segment(session, " news ", [], Match.ALL, context=context)
        assert set(refusal.value.errors) == {"name", "rules"}
        ours_id = ours.id
    with within(platform, platform.mine) as session:
        context = segment_service.make_context(
            session, platform_id=platform.id, vendor_id=platform.mine.id, at=NOON
        )
        theirs_id = segment_service.create_segment(session, "News", [NEWS], Match.ALL, context=context).id
    with within(platform) as session:
        segment_service.record_counts(session, platform_id=platform.id, at=NOON + timedelta(days=1))
        session.flush()
        found = segment_service.list_counts(session, [ours_id, theirs_id], at=NOON + timedelta(days=1))
        assert found == {ours_id: [2, 2], theirs_id: [1, 1]}
        ours = segment_service.get_segment(session, ours_id, vendor_id=None)
        context = segment_service.make_context(session, platform_id=platform.id, vendor_id=None, at=NOON)
        segment_service.update_segment(session, ours, "News", [LU], Match.ALL, context=context)
        session.flush()
        assert segment_service.list_counts(session, [ours_id], at=NOON) == {ours_id: [2]}


def test_renaming_a_tag_takes_segments_along_and_makes_one_of_two(within, people):
    platform = people
    with within(platform) as session:
        context = segment_service.make_context(session, platform_id=platform.id, vendor_id=None, at=NOON)
        tagged = [Choice("customers.tag", "VIP")]
        segment = segment_service.create_segment(session, "VIP", tagged, Match.ALL, context=context)
        segment_id = segment.id
        both = customer_service.get_customer(session, platform.ids["b"])
        record_service.set_tags(session, both, ["VIP", "Gold"])
        other = customer_service.get_customer(session, platform.ids["c"])
        record_service.set_tags(session, other, ["VIP"])
        record_service.set_tags(session, other, ["VIP"], vendor_id=platform.mine.id)
    with within(platform) as session:
        assert tag_service.rename_tag(session, "VIP", "Gold") == 2
    with within(platform) as session:
        tags = record_service.tags_of(session, list(platform.ids.values()))
        assert [tags[platform.ids[name]] for name in "abcd"] == [[], ["Gold"], ["Gold"], []]
        assert record_service.list_tag_names(session, vendor_id=platform.mine.id) == ["VIP"]
        segment = segment_service.get_segment(session, segment_id, vendor_id=None)
        assert segment_service.choices_of(segment) == [Choice("customers.tag", "Gold")]
        assert tag_service.delete_tag(session, "Gold") == 2


def test_of_many_who_rename_a_tag_at_the_same_moment_the_others_see_its_new_name(within, people):
    with within(people) as session:
        tagged = customer_service.get_customer(session, people.ids["b"])
        record_service.set_tags(session, tagged, ["VIP"])
        session.flush()
        tag_id = session.execute(tag_service.build_query()).one().id

    def is_first(number):
        with within(people) as session:
            name = tag_service.get_name(session, tag_id, for_change=True)
            if name == "VIP":
                tag_service.rename_tag(session, name, f"Gold {number}")
            return name == "VIP"

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(is_first, range(12))) == 1


BUILT = {
    "name": "Lux",
    "match": "all",
    "rules.0.code": "customers.country",
    "rules.0.kind": "country",
    "rules.0.value": "LU",
}


@pytest.mark.backends("sqlite")
def test_a_segment_is_built_without_script_row_by_row(client, people, make_user, sign_in):
    sign_in(client, make_user(admin_of=people))

    assert "New segment" in client.get("/admin/segments").text
    assert 'name="rules.0.code"' in client.get("/admin/segments/new").text
    one = client.post("/admin/segments/draft", data=BUILT).text
    assert "2 customers fit" in one
    two = client.post("/admin/segments/draft", data={**BUILT, "step": "add"}).text
    assert 'name="rules.1.code"' in two
    changed = {**BUILT, "rules.1.code": "orders.spent", "rules.1.kind": "country", "rules.1.value": "LU"}
    three = client.post("/admin/segments/draft", data=changed).text
    assert 'value="orders.spent" selected' in three
    assert "is-invalid" not in three
    assert (
        'name="rules.1.code"'
        not in client.post("/admin/segments/draft", data={**changed, "step": "remove:1"}).text
    )
    assert client.post("/admin/segments", data={**BUILT, "name": "\u200b"}).status_code == 422
    wrong = client.post("/admin/segments", data={**changed, "name": ""})
    assert wrong.status_code == 422
    assert 'id="rule-1-error"' in wrong.text
    assert "Write a name of at most 80 characters." in wrong.text
    assert "Finish each rule, or take it away." in wrong.text

    url = client.post("/admin/segments", data=BUILT).location

    page = client.get(url).text
    assert "Country: Luxembourg" in page
    assert "a@example.com" in page
    assert "b@example.com" not in page
    with client.get(f"{url}/customers.csv") as answer:
        assert len(answer.text.splitlines()) == 3
    assert "Lux" in client.get("/admin/segments").text
    filtered = client.get(f"/admin/customers?segment={url.rpartition('/')[2]}").text
    assert "d@example.com" in filtered
    assert "c@example.com" not in filtered
    assert (
        client.post(url, data={**BUILT, "name": "Lëtzebuerg", "rules.0.mode": "without"}).status_code == 303
    )
    assert "Without: Country: Luxembourg" in client.get(url).text
    assert client.post(f"{url}/removal").status_code == 303
    assert client.get(url).status_code == 404


@pytest.mark.backends("sqlite")
def test_a_segment_with_a_rule_of_a_module_that_is_off_is_shown_and_kept(
    client, people, within, make_user, sign_in
):
    sign_in(client, make_user(admin_of=people))
    rules = {**BUILT, "rules.1.code": "orders.spent", "rules.1.kind": "money", "rules.1.value": "12.50"}
    url = client.post("/admin/segments", data=rules).location
    with within(people) as session:
        module_service.disable_module(session, people.id, "orders")

    page = client.get(url).text

    assert "cannot be asked" in page
    assert "Spent at least (module Orders)" in page
    assert "a@example.com" not in page
    assert "Spent at least (module Orders)" in client.get("/admin/segments").text
    assert client.get(f"{url}/customers.csv").status_code == 409
    assert client.get(f"/admin/customers?segment={url.rpartition('/')[2]}").status_code == 200
    builder = client.get(f"{url}/edit").text
    assert "the module is off" in builder
    kept = {**BUILT, "name": "Renamed", "rules.1.code": "orders.spent", "rules.1.value": "1250"}
    assert client.post(url, data=kept).status_code == 303
    with within(people) as session:
        module_service.enable_module(session, people.id, "orders")
    assert "€12.50" in client.get(url).text


@pytest.mark.backends("sqlite")
def test_a_vendors_segments_are_its_own(client, people, make_user, sign_in, count_queries):
    sign_in(client, make_user(admin_of=people))
    platforms = client.post("/admin/segments", data=BUILT).location
    sign_in(client, make_user(owner_of=people.mine))
    base = f"/vendor/{people.mine.code}/segments"
    news = {**BUILT, "rules.0.code": "customers.consent", "rules.0.kind": "nothing"}

    url = client.post(base, data=news).location

    page = client.get(url).text
    assert "c@example.com" in page
    assert "a@example.com" not in page
    assert client.get(f"{base}/{platforms.rpartition('/')[2]}").status_code == 404
    other = {**BUILT, "rules.0.code": "customers.vendor", "rules.0.value": str(people.other.id)}
    assert client.post(f"{base}/draft", data=other).status_code == 200
    assert client.post(base, data={**other, "name": "Theirs"}).status_code in {303, 422}
    with count_queries() as few:
        client.get(base)
    for number in range(4):
        client.post(base, data={**news, "name": f"N{number}"})
    with count_queries() as many:
        client.get(base)
    assert len(many) == len(few)


@pytest.mark.backends("sqlite")
def test_tags_are_listed_renamed_and_dropped_in_the_page(client, people, make_user, sign_in):
    sign_in(client, make_user(admin_of=people))

    page = client.get("/admin/customer-tags").text
    path = re.search(r"/admin/customer-tags/\d+", page)[0]
    assert "VIP" in page
    assert client.get(f"{path}/edit").status_code == 200
    assert client.get("/admin/customer-tags/99999/edit").status_code == 404
    assert client.post(path, data={"name": " "}).status_code == 422
    assert client.post(path, data={"name": "Gold"}).status_code == 303
    assert "Gold" in client.get("/admin/customer-tags").text
    assert client.post(f"{path}/removal").status_code == 303
    assert client.post(f"{path}/removal").status_code == 404
    assert "No tags yet" in client.get("/admin/customer-tags").text


VERSION_FIELD = re.compile(r'name="~version" value="([0-9a-f]+)"')


def test_a_segment_that_somebody_else_changed_meanwhile_is_not_overwritten_unseen(
    client, people, make_user, sign_in
):
    sign_in(client, make_user(admin_of=people))
    url = client.post("/admin/segments", data=BUILT).location
    opened = VERSION_FIELD.search(client.get(f"{url}/edit").text)[1]
    mine = {**BUILT, "name": "Mine", "~version": opened}

    assert client.post(url, data={**BUILT, "name": "Theirs", "~version": opened}).status_code == 303
    added = client.post(f"{url}/draft", data={**mine, "step": "add"}).text
    refused = client.post(url, data=mine)

    assert VERSION_FIELD.search(added)[1] == opened
    assert refused.status_code == 422
    assert "Somebody else has changed this" in refused.text
    assert 'value="Mine"' in refused.text
    assert "Theirs" in client.get(url).text
    again = VERSION_FIELD.search(refused.text)[1]
    assert client.post(url, data={**mine, "~version": again}).status_code == 303


def test_a_tag_that_somebody_else_renamed_meanwhile_is_not_renamed_unseen(client, people, make_user, sign_in):
    sign_in(client, make_user(admin_of=people))
    path = re.search(r"/admin/customer-tags/\d+", client.get("/admin/customer-tags").text)[0]
    opened = VERSION_FIELD.search(client.get(f"{path}/edit").text)[1]

    assert client.post(path, data={"name": "Gold", "~version": opened}).status_code == 303
    refused = client.post(path, data={"name": "Silver", "~version": opened})

    assert refused.status_code == 422
    assert "Somebody else has changed this" in refused.text
    assert "Gold" in client.get("/admin/customer-tags").text
