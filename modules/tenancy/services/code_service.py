"""Codes of platforms and vendors: they stand in addresses and name subdomains."""

import re
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from modules.tenancy.exceptions import CodeInvalid, CodeReserved, CodeTaken
from modules.tenancy.schemas.company import CODE_PATTERN

RESERVED: Final = frozenset(
    {
        "admin",
        "api",
        "assets",
        "health",
        "login",
        "logout",
        "mail",
        "metrics",
        "platforms",
        "vendor",
        "vendors",
        "www",
    }
)


def check_code(session: Session, column: InstrumentedAttribute[str], code: str) -> None:
    """Refuse a code that something else has.

    :raises CodeInvalid, CodeReserved, CodeTaken: at the field `code`.
    """
    if not re.fullmatch(CODE_PATTERN, code):
        raise CodeInvalid
    if code in RESERVED:
        raise CodeReserved
    taken: Any = session.scalar(sa.select(sa.exists().where(column == code)))
    if taken:
        raise CodeTaken
