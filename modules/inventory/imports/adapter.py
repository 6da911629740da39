"""What an adapter is: a format of files, and how one of its records reads in our words."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class CatalogueLine:
    """What one record says; None and empty mean that it says nothing of it.

    `options` are pairs of name and value, the name empty where an earlier record gave it; `more_options` are some only
    if variants differ in them. `later_images` stand behind all `images` of the product. `is_part` marks what adds
    to a product (a picture, a description) and is nothing that can be sold. A line `by_gtin` names things by that
    alone: it may say no price, and tells of products that are there only what they lack. A line with a `locale` says
    what a product is called in that language.
    """

    group_key: str
    sku: str = ""
    alias: str | None = None
    title: str = ""
    description: str | None = None
    status: str | None = None
    categories: list[list[str]] | None = None
    images: list[str] = field(default_factory=list)
    later_images: list[str] = field(default_factory=list)
    tax_class: str | None = None
    options: list[tuple[str, str]] = field(default_factory=list)
    more_options: list[tuple[str, str]] = field(default_factory=list)
    image: str | None = None
    gtin: str | None = None
    price: int | None = None
    compare_at: int | None = None
    currency: str = ""
    stock: int | None = None
    allows_backorder: bool | None = None
    low_stock: int | None = None
    is_part: bool = False
    seo_title: str | None = None
    seo_description: str | None = None
    by_gtin: bool = False
    locale: str = ""

    def as_values(self) -> dict[str, Any]:
        """Return it as JSON holds it, without what it does not say."""
        return {name: value for name, value in asdict(self).items() if value != _SILENT[name]}


_SILENT = asdict(CatalogueLine(""))


@dataclass(frozen=True, slots=True)
class Context:
    """What an adapter may know of where the file goes, and which columns it has."""

    currency: str
    today: dt.date
    headings: frozenset[str] = frozenset()


Row = Mapping[str, str]
Read = Callable[[Row, Context], CatalogueLine]


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of catalogue file; `required` headings prove it, of `any_of` at least one is there, none of `none_of`.

    `reads` are further headings that must not stand there twice. The cells of `verbatim` headings keep the white space
    around them. `aliases` are other words for headings. A file `is_of_texts` says what products are called in
    languages, and nothing else. Columns of `repeated` headings may be there several times: see `numbered`.
    """

    code: str
    name: str
    required: frozenset[str]
    any_of: frozenset[str]
    read: Read
    clean: Callable[[str], str] = lambda heading: heading
    reads: frozenset[str] = frozenset()
    verbatim: frozenset[str] = frozenset()
    none_of: frozenset[str] = frozenset()
    aliases: Mapping[str, str] = field(default_factory=dict)
    is_of_texts: bool = False
    repeated: frozenset[str] = frozenset()

    def name_columns(self, headings: Sequence[str]) -> list[str]:
        """Return headings in the format's words."""
        cleaned = (self.clean(heading) for heading in headings)
        named = [self.aliases.get(heading, heading) for heading in cleaned]
        times: Counter[str] = Counter()
        for place, heading in enumerate(named):
            if heading in self.repeated:
                named[place] = numbered(heading, times[heading])
                times[heading] += 1
        return named


def numbered(heading: str, times: int) -> str:
    """Return what a heading is called that has stood there so many times before."""
    return f"{heading} #{times + 1}" if times else heading


def cells_of(row: Row, heading: str) -> list[str]:
    """Return what the columns of a repeated heading say."""
    return [cell for name, cell in row.items() if name == heading or name.startswith(f"{heading} #")]
