"""Counting what is asked of the database."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.engine import Engine

_COUNTED: Final = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)


class QueryLog(list[str]):
    """The statements in their order; `str()` of it is for messages of failing tests."""

    def __str__(self) -> str:
        return "\n".join(f"{number}. {statement}" for number, statement in enumerate(self, start=1))


@contextmanager
def count_queries() -> Iterator[QueryLog]:
    """Collect the statements that read or write rows; those that steer the transaction are not counted."""
    log = QueryLog()

    def note(_connection: object, _cursor: object, statement: str, *_: Any) -> None:
        if _COUNTED.match(statement) and "set_config(" not in statement:
            log.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield log
    finally:
        event.remove(Engine, "before_cursor_execute", note)
