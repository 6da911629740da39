"""Cursors: the place of a row in an order, as a short text for addresses, and the condition of what comes behind it."""

import base64
import binascii
import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

LONGEST_CURSOR = 1000


def plain_columns(expressions: Sequence[Any]) -> list[InstrumentedAttribute[Any]]:
    """Return the expressions if each is a column that a row has a value of; nothing if one is not."""
    columns = [one for one in expressions if isinstance(one, InstrumentedAttribute)]
    is_plain = all(isinstance(one.expression, sa.Column) and not one.expression.nullable for one in columns)
    return columns if is_plain and len(columns) == len(expressions) else []


def cursor_of(row: Any, columns: Sequence[InstrumentedAttribute[Any]]) -> str:
    """Return the place of a row, which is an entity or begins with one."""
    entity = row[0] if isinstance(row, sa.Row) else row
    values = [getattr(entity, column.key) for column in columns]
    told = [value.isoformat() if isinstance(value, dt.datetime | dt.date) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(told, ensure_ascii=False).encode()).decode().rstrip("=")


def after_condition(
    cursor: str, columns: Sequence[InstrumentedAttribute[Any]], *, is_down: bool
) -> sa.ColumnElement[bool] | None:
    """Return the condition of the rows behind a place, or None where the text names none."""
    values = _read(cursor, columns)
    if values is None:
        return None
    here = [
        sa.literal(value, type_=column.expression.type) for value, column in zip(values, columns, strict=True)
    ]
    if len(columns) == 1:
        return columns[0] < here[0] if is_down else columns[0] > here[0]
    behind = sa.tuple_(*columns)
    return behind < sa.tuple_(*here) if is_down else behind > sa.tuple_(*here)


def _read(cursor: str, columns: Sequence[InstrumentedAttribute[Any]]) -> list[Any] | None:
    if not cursor or len(cursor) > LONGEST_CURSOR:
        return None
    try:
        told = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(told, list) or len(told) != len(columns):
            return None
        kinds = [column.expression.type.python_type for column in columns]
        return [_typed(value, kind) for value, kind in zip(told, kinds, strict=True)]
    except (ValueError, binascii.Error, RecursionError):
        return None


def _typed(value: Any, kind: type) -> Any:
    """Return a value of the kind that a column holds.

    :raises ValueError: when it is none.
    """
    if issubclass(kind, dt.datetime) and isinstance(value, str):
        moment = dt.datetime.fromisoformat(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    if kind is int and type(value) is int and -(2**31) <= value < 2**31:
        return value
    if kind is str and isinstance(value, str) and "\x00" not in value:
        return value
    raise ValueError(value)
