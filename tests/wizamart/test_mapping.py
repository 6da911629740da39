"""Tables beyond what SQLAlchemy maps by itself: conditions of indexes, and events of attributes."""

import pytest
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, configure_mappers, mapped_column
from sqlalchemy.schema import CreateIndex

from wizamart.database import Base, PartialIndex, forget_models


@pytest.fixture
def parcel():
    class Parcel(Base):
        __tablename__ = "parcels_of_a_test"
        __table_args__ = (PartialIndex("uq_parcels_open", "name", unique=True, where="sent_at IS NULL"),)

        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        sent_at: Mapped[str | None]

    yield Parcel
    forget_models(__name__)


@pytest.mark.parametrize(
    "dialect", [sqlite.dialect(), postgresql.dialect()], ids=lambda dialect: dialect.name
)
def test_both_databases_are_told_the_condition_of_an_index(parcel, dialect):
    (index,) = parcel.__table__.indexes

    made = str(CreateIndex(index).compile(dialect=dialect))

    assert made == "CREATE UNIQUE INDEX uq_parcels_open ON parcels_of_a_test (name) WHERE sent_at IS NULL"


def test_a_written_migration_names_the_condition_for_both_databases(parcel):
    (index,) = parcel.__table__.indexes

    assert {name: str(value) for name, value in index.dialect_kwargs.items()} == {
        "sqlite_where": "sent_at IS NULL",
        "postgresql_where": "sent_at IS NULL",
    }


def test_a_listener_from_before_the_mapping_was_complete_still_hears(parcel):
    heard = []
    event.listen(parcel.name, "set", lambda _row, value, *_rest: heard.append(value))

    configure_mappers()
    parcel(name="a").name = "b"

    assert heard == ["a", "b"]


def test_completing_the_mapping_makes_no_expression_of_a_column_that_nobody_asked_for(parcel):
    configure_mappers()

    # Asked for in any other way, it would be made.
    with pytest.raises(AttributeError):
        object.__getattribute__(parcel.sent_at.comparator, "__clause_element__")
