"""What the examples of components are given as `sample`: the same every time, so that pages can be compared."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from wizamart.email_address import Email
from wizamart.schema import Schema
from wizamart.web.forms import SchemaForm
from wizamart.web.tables import Column, Filter, Table

NOON = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


class Delivery(Schema):
    """A small model to make a form of."""

    name: str = Field(default="", title="Name", min_length=2)
    email: Email = Field(default="shop@example.org", title="E-mail address")
    parcels: Annotated[int, Field(ge=1, le=20)] = Field(
        default=2, title="Parcels", description="Between 1 and 20."
    )
    weight: Decimal = Field(default=Decimal("1.5"), title="Weight in kilograms")
    is_express: bool = Field(default=True, title="Express")


def build_samples() -> dict[str, Any]:
    """Return the values that examples show."""
    return {
        "table": _table(),
        "form": SchemaForm(Delivery),
        "timeline": [
            {"text": "Paid by card", "at": NOON, "detail": "Authorised at once."},
            {"text": "Ordered", "at": NOON - timedelta(minutes=3)},
        ],
        "sales": [("Mon", 12), ("Tue", 19), ("Wed", 7), ("Thu", 23), ("Fri", 31), ("Sat", 28), ("Sun", 9)],
    }


def _table() -> Table:
    rows = [
        {"name": "Moien mug", "stock": 14, "price": 1290},
        {"name": "Red Lion tea towel", "stock": 0, "price": 990},
        {"name": "Adolphe Bridge print", "stock": 3, "price": 4500},
    ]
    columns = (
        Column("name", "Product", sort="name"),
        Column("stock", "In stock", align="end"),
        Column("price", "Price", align="end"),
    )
    choice = Filter("stock", "Any stock", None, choices=[("low", "Low"), ("none", "None")]).read({})
    return Table(
        columns=columns,
        filters=(choice,),
        sort="name",
        rows=rows,
        total=128,
        pages=6,
        page=2,
        has_next=True,
        searchable=True,
        path="#example-data_table",
        default_sort=("name", "asc"),
    )
