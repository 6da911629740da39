"""What a view of the JSON API says of itself, for the OpenAPI document that core makes of all of them."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeVar

from pydantic import BaseModel

View = TypeVar("View", bound=Callable[..., Any])
_ATTRIBUTE: Final = "wizamart_described"


class Described(NamedTuple):
    """What a view of the API takes and gives; its models are asked for, so that they need not be there at the start.

    `tag` is the field of its answer that is the `ETag`; `once` says that it heeds `Idempotency-Key` and `If-Match`.
    """

    answer: Callable[[], type[BaseModel]] | None
    body: Callable[[], type[BaseModel]] | None = None
    query: tuple[str, ...] = ()
    status: int = 200
    tag: str | None = None
    once: bool = False


def describe(described: Described) -> Callable[[View], View]:
    """Return a decorator that keeps with a view what it takes and gives, for the OpenAPI document."""

    def mark(view: View) -> View:
        setattr(view, _ATTRIBUTE, described)
        return view

    return mark


def described_of(view: Callable[..., Any]) -> Described | None:
    """Return what a view says of itself."""
    found: Described | None = getattr(view, _ATTRIBUTE, None)
    return found
