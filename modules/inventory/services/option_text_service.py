"""Options and their values in the languages of the platform: written once by a vendor, shown wherever they are.

A text belongs to the key of a name or a value, which two spellings share, and not to a product: so it fits whatever is
spelt otherwise or added later, and addresses that name a key stay the same in every language.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.inventory.exceptions import TextChangedMeanwhile
from modules.inventory.models.product import Product, Variant
from modules.inventory.models.product_index import option_values
from modules.inventory.models.product_text import option_texts
from modules.inventory.option_keys import LONGEST_OPTION, option_key
from wizamart.exceptions import InvalidInput
from wizamart.i18n import gettext as _
from wizamart.platforms import Vendor, get_scope

# Numbers with a unit, and sizes: nobody writes them otherwise in another language.
ALIKE_EVERYWHERE: Final = r"^(x*[sml]|[0-9x-]+(mm|cm|dm|m|km|mg|g|kg|ml|cl|dl|l|w|kw|v|ah|mah|gb|tb)?)$"
Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class OptionWording:
    """What options are called in a language, by vendor and keys; what is not written is said as its vendor does."""

    texts: Mapping[tuple[int, str, str], str] = field(default_factory=dict)

    def name(self, owner: Product | Variant, name: str) -> str:
        """Return the name of an option of a product."""
        return self._say(owner.vendor_id, name) or name

    def value(self, owner: Product | Variant, name: str, value: str) -> str:
        """Return a value of an option of a product."""
        return self._say(owner.vendor_id, name, value) or value

    def values(self, variant: Variant) -> list[str]:
        """Return the values of a variant in the order of its options."""
        return [self.value(variant, str(name), str(value)) for name, value in variant.options.items()]

    def _say(self, vendor_id: int, name: str, value: str = "") -> str | None:
        if not self.texts:
            return None
        return self.texts.get((vendor_id, option_key(name), option_key(value) if value else ""))


AS_WRITTEN: Final = OptionWording()


@dataclass(frozen=True, slots=True)
class Change:
    """A text as somebody wrote it into a field, beside what the field held when it was shown."""

    name_key: str
    value_key: str
    locale: str
    seen: str
    text: str

    @property
    def place(self) -> Place:
        """What the text is of, and in which language."""
        return self.locale, self.name_key, self.value_key


def wording_of(session: Session, variants: Iterable[Variant], locale: str) -> OptionWording:
    """Return what the options of these variants are called in a language, in one statement."""
    known = list(variants)
    pairs = {(str(name), str(value)) for one in known for name, value in one.options.items()}
    found = _read(session, {one.vendor_id for one in known}, locale, *_keys(pairs)) if pairs else []
    return OptionWording({(row.vendor_id, row.name_key, row.value_key): row.text for row in found})


def list_words(
    session: Session, product: Product, locale: str
) -> list[tuple[tuple[str, str], list[tuple[str, str]]]]:
    """Return each option of a product and its values, all as written and in a language; empty where nobody wrote it."""
    variants = product.live_variants
    said = wording_of(session, variants, locale).texts
    listed = []
    for name in product.option_names:
        values = dict.fromkeys(str(one.options.get(name, "")) for one in variants)
        key = (product.vendor_id, option_key(name))
        told = [(value, said.get((*key, option_key(value)), "")) for value in values if needs_words(value)]
        listed.append(((name, said.get((*key, ""), "")), told))
    return listed


def needs_words(value: str) -> bool:
    """Tell whether a value may be called otherwise in another language."""
    return re.search(ALIKE_EVERYWHERE, option_key(value)) is None


def _keys(pairs: Iterable[tuple[str, str]]) -> tuple[set[str], set[str]]:
    known = list(pairs)
    return {option_key(name) for name, _value in known}, {option_key(value) for _name, value in known}


def list_texts(
    session: Session, name_keys: Iterable[str], value_keys: Iterable[str], locale: str
) -> dict[tuple[str, str], str]:
    """Return what options are called in a language by whoever is in scope; of several texts, what most vendors say."""
    votes: dict[tuple[str, str], dict[str, int]] = {}
    for row in _read(session, None, locale, name_keys, value_keys):
        said = votes.setdefault((row.name_key, row.value_key), {})
        said[row.text] = said.get(row.text, 0) + 1
    return {keys: min(said, key=lambda text: (-said[text], text)) for keys, said in votes.items()}


def _read(
    session: Session,
    vendor_ids: Iterable[int] | None,
    locale: str,
    name_keys: Iterable[str],
    value_keys: Iterable[str],
) -> Sequence[Any]:
    """Return the rows of these keys and of the names alone; they are no ORM rows, so the scope is named here."""
    columns, scope = option_texts.c, get_scope(session)
    query = sa.select(columns.vendor_id, columns.name_key, columns.value_key, columns.text).where(
        columns.locale == locale,
        columns.name_key.in_(sorted(set(name_keys))),
        columns.value_key.in_(sorted({"", *value_keys})),
    )
    if scope is not None:
        query = query.where(columns.platform_id == scope.platform_id)
        if scope.vendor_id is not None:
            query = query.where(columns.vendor_id == scope.vendor_id)
    if vendor_ids is not None:
        query = query.where(columns.vendor_id.in_(sorted(vendor_ids)))
    return session.execute(query).all()


def select_words(*, platform_id: int, vendor_id: int) -> tuple[sa.Select[Any], Any]:
    """Return the statement of a vendor's options and values that a language may call otherwise, and its columns.

    Each row has the keys and the texts in the platform's own language; the row of an option itself has no value.
    """
    keys, columns = _all_keys(platform_id), option_values.c
    here = (
        columns.platform_id == platform_id,
        columns.vendor_id == vendor_id,
        columns.name_key == keys.c.name_key,
        columns.value_key == keys.c.value_key,
    )
    said = {
        name: sa.select(columns[name]).where(*here).order_by(columns.product_id).limit(1).scalar_subquery()
        for name in ("name", "value")
    }
    values = sa.select(
        keys.c.name_key, keys.c.value_key, said["name"].label("name"), said["value"].label("value")
    ).cte("option_values_said")
    nothing = sa.literal("")
    names = sa.select(
        values.c.name_key,
        nothing.label("value_key"),
        sa.func.min(values.c.name).label("name"),
        nothing.label("value"),
    )
    words = sa.union_all(names.group_by(values.c.name_key), sa.select(values)).subquery("words")
    wanted = sa.or_(words.c.value_key == "", ~words.c.value_key.regexp_match(ALIKE_EVERYWHERE))
    return sa.select(words).where(words.c.name.is_not(None), wanted), words.c


def _all_keys(platform_id: int) -> sa.CTE:
    """Return the keys that any product has, found by going from each to the next: what repeats them is not read."""
    columns = option_values.c

    def least(column: sa.Column[Any], *conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
        return sa.select(sa.func.min(column).label(column.name)).where(
            columns.platform_id == platform_id, *conditions
        )

    names = least(columns.name_key).cte("option_names", recursive=True)
    following = least(columns.name_key, columns.name_key > names.c.name_key).scalar_subquery()
    names = names.union_all(sa.select(following).where(names.c.name_key.is_not(None)))
    first = least(columns.value_key, columns.name_key == names.c.name_key).scalar_subquery()
    keys = (
        sa.select(names.c.name_key, first.label("value_key"))
        .where(names.c.name_key.is_not(None))
        .cte("option_keys", recursive=True)
    )
    behind = (columns.name_key == keys.c.name_key, columns.value_key > keys.c.value_key)
    following = least(columns.value_key, *behind).scalar_subquery()
    return keys.union_all(sa.select(keys.c.name_key, following).where(keys.c.value_key.is_not(None)))


def is_missing(words: Any, locale: str, *, platform_id: int, vendor_id: int) -> sa.ColumnElement[bool]:
    """Return the condition that a row of `select_words` has no text in a language."""
    columns = option_texts.c
    text = sa.select(sa.literal(1)).where(
        columns.platform_id == platform_id,
        columns.vendor_id == vendor_id,
        columns.locale == locale,
        columns.name_key == words.name_key,
        columns.value_key == words.value_key,
    )
    return ~sa.exists(text)


def read_texts(
    session: Session, rows: Sequence[Any], locales: Iterable[str], *, platform_id: int, vendor_id: int
) -> dict[Place, str]:
    """Return what a vendor calls these options and values, by language and keys."""
    columns = option_texts.c
    query = sa.select(columns.locale, columns.name_key, columns.value_key, columns.text).where(
        columns.platform_id == platform_id,
        columns.vendor_id == vendor_id,
        columns.locale.in_(list(locales)),
        columns.name_key.in_({row.name_key for row in rows}),
        columns.value_key.in_({row.value_key for row in rows}),
    )
    return {(row.locale, row.name_key, row.value_key): row.text for row in session.execute(query)}


def keep_known(
    session: Session, changes: Iterable[Change], *, platform_id: int, vendor_id: int
) -> list[Change]:
    """Return those of the changes that are about options and values which the vendor's products have."""
    sent = list(changes)
    statement, columns = select_words(platform_id=platform_id, vendor_id=vendor_id)
    query = statement.where(
        columns.name_key.in_({one.name_key for one in sent}),
        columns.value_key.in_({one.value_key for one in sent}),
    )
    known = {(row.name_key, row.value_key) for row in session.execute(query)}
    return [one for one in sent if (one.name_key, one.value_key) in known]


def write(session: Session, changes: Sequence[Change], *, platform_id: int, vendor_id: int) -> int:
    """Write what somebody has changed, all or nothing; an empty text is taken away. Returns how many are different.

    Of several changes of one text the last counts.

    :raises InvalidInput: by place, when a text is too long or somebody else has changed it since it was shown.
    """
    changed = list({one.place: one for one in changes if one.text != one.seen}.values())
    # Two who write the same text at once come one after the other; rows that name the vendor may still be added.
    session.execute(sa.select(Vendor.id).where(Vendor.id == vendor_id).with_for_update(key_share=True))
    locales = {one.locale for one in changed}
    stored = read_texts(session, changed, locales, platform_id=platform_id, vendor_id=vendor_id)
    errors = {one.place: [told] for one in changed if (told := _refusal(one, stored.get(one.place, "")))}
    if errors:
        raise InvalidInput({"/".join(place): texts for place, texts in errors.items()})
    different = [one for one in changed if one.text != stored.get(one.place, "")]
    _replace(session, different, platform_id=platform_id, vendor_id=vendor_id)
    return len(different)


def _refusal(change: Change, stored: str) -> str:
    if len(change.text) > LONGEST_OPTION:
        return _("At most %(count)s characters.", count=LONGEST_OPTION)
    return str(TextChangedMeanwhile.message) if stored not in {change.seen, change.text} else ""


def _replace(session: Session, changes: Sequence[Change], *, platform_id: int, vendor_id: int) -> None:
    owner = {"platform_id": platform_id, "vendor_id": vendor_id}
    places = ("locale", "name_key", "value_key")
    here = [option_texts.c[name] == value for name, value in owner.items()]
    here += [option_texts.c[name] == sa.bindparam(f"old_{name}") for name in places]
    connection = session.connection()
    old = [dict(zip([f"old_{name}" for name in places], one.place, strict=True)) for one in changes]
    if old:
        connection.execute(sa.delete(option_texts).where(*here), old)
    rows = [
        {**owner, **dict(zip(places, one.place, strict=True)), "text": one.text}
        for one in changes
        if one.text
    ]
    if rows:
        connection.execute(sa.insert(option_texts), rows)
