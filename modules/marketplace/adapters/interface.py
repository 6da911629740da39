"""What a marketplace is to us: its name, its languages, its feed's columns, and what it refuses."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from modules.marketplace.schemas.offer import Offer, Problem


class Adapter(Protocol):
    """One marketplace."""

    @property
    def code(self) -> str:
        """The code under which a connection names it."""

    @property
    def name(self) -> str:
        """Its name, which is not translated."""

    @property
    def locales(self) -> Sequence[str]:
        """The languages it takes feeds in."""

    @property
    def columns(self) -> Sequence[str]:
        """The columns of its feed, in their order."""

    def write(self, offer: Offer) -> Mapping[str, str]:
        """Return an offer as a line of the feed."""

    def check(self, offer: Offer) -> list[Problem]:
        """Return what is wrong with an offer."""
