"""Views that run short transactions of their own, because between two of them they ask somebody over the network."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

ATTRIBUTE: Final = "wizamart_own_transactions"
V = TypeVar("V", bound=Callable[..., Any])


def own_transactions(view: V) -> V:
    """Mark a view that opens every `unit_of_work` itself; it is admitted in a transaction that ends before it runs.

    What the view has written stays written when it fails later on: it must be able to begin again.
    """
    setattr(view, ATTRIBUTE, True)
    return view


def has_own_transactions(view: Callable[..., Any]) -> bool:
    """Tell whether a view is marked so."""
    return bool(getattr(view, ATTRIBUTE, False))
