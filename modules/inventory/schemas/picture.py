"""A picture of a product, wherever it lies."""

from typing import Any, NamedTuple

LIBRARY = "/media/"


def is_kept(address: str) -> bool:
    """Tell whether an address lies in the media library."""
    return address.startswith(LIBRARY)


def key_of(address: str) -> str:
    """Return the key of a picture in the media library out of its address."""
    return address.rpartition("/")[2].partition(".")[0]


class ProductPicture(NamedTuple):
    """A picture of the media library, or with `media` None an address on another site."""

    address: str
    media: Any = None

    def path(self, width: int | None = None) -> str:
        """Return the address below the shop's root, or elsewhere: of the smallest copy at least this wide."""
        return str(self.media.path(width)) if self.media is not None else self.address

    @property
    def is_elsewhere(self) -> bool:
        """Whether it lies on another site."""
        return "://" in self.address

    def alt(self, *locales: str) -> str:
        """Return its description in the first of these languages that has one; empty if none of them has."""
        alts = self.media.alts if self.media is not None else {}
        return next((str(alts[locale]) for locale in locales if alts.get(locale)), "")
