"""What is asked of a redirect made by hand."""

import re
from typing import Annotated, Final
from urllib.parse import unquote

from pydantic import AfterValidator, Field

from wizamart.i18n import gettext, gettext_noop as _
from wizamart.schema import Schema

LONGEST: Final = 255
_FORBIDDEN: Final = re.compile(r"[\x00-\x20\x7f\\]")
_ELSEWHERE: Final = re.compile(r"//|[A-Za-z][A-Za-z0-9+.-]*:")


def path_of(address: str) -> str:
    """Return an address as redirects know it: decoded, in small letters, without slashes around it and without `?…`."""
    return unquote(re.split(r"[?#]", address, maxsplit=1)[0]).strip("/").lower()


def _check_place(value: str) -> str:
    """Refuse what is no address of the same shop: browsers take two slashes, either way, for another site."""
    value = value.strip()
    if " " in unquote(value):
        raise ValueError(gettext("Write the address without spaces."))
    if _ELSEWHERE.match(value) or _FORBIDDEN.search(unquote(value)) or unquote(value).startswith("//"):
        raise ValueError(
            gettext("Only addresses of this shop, such as /about, without the name of the host.")
        )
    if any(part in {".", ".."} for part in unquote(value).split("/")):
        raise ValueError(gettext("Write the address without dots between slashes."))
    return value


def _check_source(value: str) -> str:
    value = _check_place(value)
    if "?" in value or "#" in value:
        raise ValueError(gettext("What follows ? or # is not looked at. Leave it out."))
    if not path_of(value):
        raise ValueError(gettext("The first page of the shop stays where it is."))
    if len(path_of(value)) > LONGEST:  # some letters become two when they are made small
        raise ValueError(gettext("At most %(count)s characters.", count=LONGEST))
    return path_of(value)


def _check_target(value: str) -> str:
    value = _check_place(value)
    return value if value.startswith("/") else f"/{value}"


class RedirectForm(Schema):
    """From where to where."""

    source: Annotated[str, AfterValidator(_check_source)] = Field(
        title=_("Old address"),
        min_length=1,
        max_length=LONGEST,
        description=_(
            "What comes after the shop's name, such as /products/candle.html. Capitals make no difference."
        ),
    )
    target: Annotated[str, AfterValidator(_check_target)] = Field(
        title=_("Leads to"),
        min_length=1,
        max_length=LONGEST,
        description=_(
            "A page, wherever it moves, or another address of this shop, such as /about or /catalogue."
        ),
    )
