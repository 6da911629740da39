import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from wizamart import i18n
from wizamart.database import UtcDateTime
from wizamart.web.tables import Broad, Column, Filter, Table


class Base(DeclarativeBase):
    pass


class Product(Base):
    __tablename__ = "table_products"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    is_active: Mapped[bool]
    added_on: Mapped[dt.date]
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


OPTIONS = {
    "columns": (
        Column("name", "Name", sort=Product.name),
        Column("kind", "Kind", sort=Product.kind),
        Column("added_on", "Added"),
    ),
    "search": (Product.name, Product.kind),
    "filters": (
        Filter("kind", "Kind", Product.kind, choices=(("tea", "Tea"), ("coffee", "Coffee"))),
        Filter("is_active", "Active", Product.is_active, kind="bool"),
        Filter("added_on", "Added", Product.added_on, kind="date_range"),
    ),
    "default_sort": "name",
}


@pytest.fixture
def session():
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        for number in range(60):
            session.add(
                Product(
                    id=number + 1,
                    name=f"Product {number:02}",
                    kind="tea" if number % 2 else "coffee",
                    is_active=number < 10,
                    added_on=dt.date(2026, 1, 1) + dt.timedelta(days=number),
                    made_at=dt.datetime(2026, 1, 1, 9, tzinfo=dt.UTC) + dt.timedelta(minutes=number // 7),
                )
            )
        session.commit()
        yield session
    engine.dispose()


@pytest.fixture
def app():
    app = Flask("tables")
    i18n.init_app(app)
    return app


def table(session, **arguments):
    return Table.from_select(session, sa.select(Product), arguments=arguments, **OPTIONS)


def test_table_reads_a_page_in_two_queries(session):
    statements = []
    sa.event.listen(session.get_bind(), "before_cursor_execute", lambda *event: statements.append(event[2]))

    found = table(session, page="2")

    assert len(statements) == 2
    assert (found.page, found.pages, found.total, len(found.rows)) == (2, 3, 60, 25)
    assert found.rows[0].name == "Product 25"


def test_table_without_count_looks_one_row_ahead(session):
    found = Table.from_select(session, sa.select(Product), no_count=True, arguments={"page": "3"}, **OPTIONS)

    assert (found.total, found.pages, len(found.rows), found.has_next) == (None, None, 10, False)


def test_links_of_a_table_keep_the_arguments_that_the_page_says(session):
    given = {"scope": "all", "stranger": "1", "search": "product"}

    found = Table.from_select(session, sa.select(Product), arguments=given, carry=("scope",), **OPTIONS)

    assert found.next_url == "?scope=all&search=product&page=2"
    assert found.clear_url() == "?scope=all"
    assert found.view == "scope=all&search=product"


@pytest.mark.parametrize(
    ("page", "expected"), [("0", 1), ("-3", 1), ("x", 1), ("", 1), ("99", 3), ("9" * 40, 1)]
)
def test_a_page_that_does_not_exist_leads_to_the_nearest(session, page, expected):
    assert table(session, page=page).page == expected


def test_arguments_that_mean_nothing_are_passed_over(session):
    found = table(
        session,
        sort="password",
        direction="sideways",
        per_page="7",
        kind="wine",
        is_active="perhaps",
        added_on_from="yesterday",
        added_on_to="9999-12-31",
        search="\x00",
        stranger="1",
    )

    assert (found.total, found.sort, found.direction, found.per_page) == (60, "name", "asc", 25)
    assert not found.is_filtered


def test_every_word_of_the_search_must_be_found(session):
    assert table(session, search="product 07").total == 1
    assert table(session, search="tea product").total == 30
    assert table(session, search="100%").total == 0


def test_filters_narrow_together(session):
    found = table(session, kind="tea", is_active="yes", added_on_from="2026-01-03", added_on_to="2026-01-06")

    assert [row.name for row in found.rows] == ["Product 03", "Product 05"]
    assert found.is_filtered


def test_equal_values_are_ordered_by_primary_key_so_that_pages_do_not_overlap(session):
    seen = [row.id for page in "123" for row in table(session, sort="kind", direction="desc", page=page).rows]

    assert len(set(seen)) == 60
    assert seen[:2] == [60, 58]


def test_addresses_keep_the_state_and_start_again_at_page_one(app, session):
    with app.test_request_context(
        "/admin/products?search=tea&page=2&sort=kind&junk=1", base_url="http://x/shop"
    ):
        found = Table.from_select(session, sa.select(Product), **OPTIONS)

        assert found.url(per_page=50) == "/shop/admin/products?search=tea&sort=kind&direction=asc&per_page=50"
        assert found.url(page=3).endswith("page=3")
        assert "page" not in found.url(page=1)
        assert found.sort_url(found.columns[1]).endswith("sort=kind&direction=desc")
        assert found.clear_url() == "/shop/admin/products?sort=kind&direction=asc"


def test_two_tables_of_a_page_keep_each_others_state(app, session):
    with app.test_request_context("/x?a_search=tea&b_search=coffee"):
        found = Table.from_select(session, sa.select(Product), prefix="a_", **OPTIONS)

        assert found.search == "tea"
        assert found.url(search="07") == "/x?b_search=coffee&a_search=07"


def endless(session, up_to=20, **arguments):
    columns = (*OPTIONS["columns"], Column("made_at", "Made", sort=Product.made_at))
    return Table.from_select(
        session,
        sa.select(Product),
        arguments={"per_page": "25", **arguments},
        count_up_to=up_to,
        **{**OPTIONS, "columns": columns},
    )


@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize("sort", ["name", "kind", "made_at"])
def test_pages_of_a_table_without_end_follow_each_other_both_ways(session, sort, direction):
    order = {"sort": sort, "direction": direction}
    first = endless(session, **order)
    second = endless(session, **order, page="2", after=first.next_cursor)
    third = endless(session, **order, page="3", after=second.next_cursor)
    back = endless(session, **order, page="2", before=third.previous_cursor)
    start = endless(session, **order, page="1", before=second.previous_cursor)
    ids = [[row.id for row in page.rows] for page in (first, second, third)]
    column = getattr(Product, sort)
    turned = [column.desc(), Product.id.desc()] if direction == "desc" else [column, Product.id]

    assert [*ids[0], *ids[1], *ids[2]] == list(session.scalars(sa.select(Product.id).order_by(*turned)))
    assert [row.id for row in back.rows] == ids[1]
    assert [row.id for row in start.rows] == ids[0]
    assert (first.total, first.is_more, first.pages) == (20, True, 1)
    assert [page.has_next for page in (first, second, third, back)] == [True, True, False, True]
    assert f"after={first.next_cursor}" in first.next_url
    assert "after" not in second.sort_url(OPTIONS["columns"][0])


def test_a_small_table_is_counted_and_numbered_as_ever(session):
    found = endless(session, up_to=100, page="3")

    assert (found.total, found.is_more, found.pages, found.has_next, len(found.rows)) == (
        60,
        False,
        3,
        False,
        10,
    )
    assert endless(session, up_to=100, page="9").page == 3


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "e30",
        "W10",
        "WzEsMl0",
        "WyJhIiwiYiJd",
        "W251bGwsMV0",
        "WyJhIiw5OTk5OTk5OTk5OTld",
        "é",
        "A" * 5000,
    ],
)
def test_a_mangled_cursor_shows_the_table(session, cursor):
    assert len(endless(session, after=cursor).rows) == 25
    assert len(endless(session, before=cursor).rows) == 25


def test_a_condition_that_many_rows_meet_is_not_counted(session):
    broad = Filter("kind", "Kind", lambda value: Broad(Product.kind == value), choices=(("tea", "Tea"),))
    options = {**OPTIONS, "filters": (broad,)}
    found = Table.from_select(
        session,
        sa.select(Product),
        arguments={"kind": "tea"},
        count_up_to=20,
        where=[Product.id > 2],
        **options,
    )

    assert (found.total, found.pages, found.has_next) == (None, None, True)
    assert {row.kind for row in found.rows} == {"tea"}


def test_a_search_may_make_its_own_conditions(session):
    options = {**OPTIONS, "search": lambda text: [Product.name == text]}

    found = Table.from_select(session, sa.select(Product), arguments={"search": "Product 07"}, **options)

    assert [row.id for row in found.rows] == [8]


def test_columns_are_chosen_in_the_address_and_the_first_is_always_there(session):
    found = table(session, columns="added_on", search="product")

    assert found.hidden == {"kind"}
    assert found.state["columns"] == "name,added_on"
    assert found.view == "columns=name%2Cadded_on&search=product"
    assert found.url(columns=None) == "?search=product"
    assert table(session).hidden == frozenset()


def test_boxes_for_columns_are_one_argument(app, session):
    with app.test_request_context("/?columns=name&columns=kind&search=x"):
        found = Table.from_select(session, sa.select(Product), **OPTIONS)

    assert found.hidden == {"added_on"}
    assert found.url() == "/?search=x&columns=name%2Ckind"


def test_choices_are_counted_beside_the_other_filters_in_one_query_if_asked(session):
    statements = []
    sa.event.listen(session.get_bind(), "before_cursor_execute", lambda *event: statements.append(event[2]))

    found = table(session, counts="1", kind="tea", is_active="no")
    kind, is_active, added_on = found.filters

    assert len(statements) == 3
    assert kind.counts == {"tea": 25, "coffee": 25}
    assert is_active.counts == {"yes": 5, "no": 25}
    assert added_on.counts == {}
    assert found.kept_by_search == {"counts": "1"}
    assert table(session).filters[0].counts == {}
