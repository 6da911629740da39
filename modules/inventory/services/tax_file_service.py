"""Tax rates out of a shop's file: what they would change in the platform's configuration, and doing it.

The file travels with the form from the preview to the decision, packed, so that nothing is kept before.
"""

import base64
import binascii
import datetime as dt
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from sqlalchemy.orm import Session

from modules.inventory.config import TaxRate
from modules.inventory.imports import tax_rates
from modules.inventory.imports.tax_rates import JudgedRow, Verdict
from modules.inventory.imports.woocommerce_taxes import COLUMNS, HEADINGS, RateRow, name_columns, read_row
from modules.inventory.services import stock_service
from wizamart.countries import country_name
from wizamart.csv_reader import FileRefused, Record, detect_encoding, read_records, sniff
from wizamart.exceptions import InvalidInput
from wizamart.i18n import gettext as _
from wizamart.module_system import config_service
from wizamart.module_system.exceptions import StaleConfiguration
from wizamart.module_system.manager import current_manager

# Packed, even the worst of it is smaller than what a form may send beside files.
LARGEST_FILE: Final = 300_000
MOST_ROWS: Final = 5_000
# All of them stand in one form, on the module's page, and have to be sent by it.
MOST_RATES: Final = 500
HOOK: Final = "inventory.home_country"
MODULE: Final = "inventory"


@dataclass(frozen=True, slots=True)
class TaxFile:
    """The rows of a file, and the countries that they name."""

    rows: Sequence[RateRow]
    countries: Sequence[str]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file comes to: each of its rows, and the classes that it says nothing of."""

    country: str
    valid_from: dt.date
    rows: Sequence[JudgedRow]
    untouched: Sequence[str]
    version: str

    def count(self, *verdicts: Verdict) -> int:
        """Return how many rows have one of these verdicts."""
        return sum(one.verdict in verdicts for one in self.rows)

    @property
    def has_news(self) -> bool:
        """Whether taking the rates over would change anything."""
        return self.count(Verdict.NEW, Verdict.CHANGED) > 0


@dataclass(frozen=True, slots=True)
class ClassRates:
    """The rate of a class on a day, none if it begins later, and what follows."""

    tax_class: str
    current: TaxRate | None
    upcoming: Sequence[TaxRate]


def list_rates(session: Session, platform_id: int, *, on: dt.date) -> list[ClassRates]:
    """Return the platform's rates by class, as they are on a day."""
    config = stock_service.get_config(session, platform_id)
    listed = []
    for code in config.tax_classes:
        rates = sorted(
            (rate for rate in config.tax_rates if rate.tax_class == code), key=lambda rate: rate.valid_from
        )
        begun = [rate for rate in rates if rate.valid_from <= on]
        listed.append(ClassRates(code, begun[-1] if begun else None, rates[len(begun) :]))
    return listed


def read_file(content: bytes) -> TaxFile:
    """Return what a file holds.

    :raises InvalidInput: at the field `file`, when it cannot be read.
    """
    if not content:
        raise InvalidInput({"file": [_("Choose a file.")]})
    if len(content) > LARGEST_FILE:
        raise InvalidInput(
            {"file": [_("The file is larger than 300 kB; no list of a country’s rates is that large.")]}
        )
    try:
        rows = [read_row(record) for record in islice(_records(content), MOST_ROWS + 1)]
    except FileRefused as error:
        raise InvalidInput({"file": [str(error)]}) from error
    if len(rows) > MOST_ROWS:
        raise InvalidInput({"file": [_("The file has more than 5,000 lines.")]})
    if not rows:
        raise InvalidInput({"file": [_("The file has headings, but no lines below them.")]})
    return TaxFile(rows, tax_rates.list_countries(rows))


def _records(content: bytes) -> Iterator[Record]:
    encoding = detect_encoding(lambda: [content])
    delimiter, headings = sniff(lambda: [content], encoding, HEADINGS)
    first = next(read_records(lambda: [content], encoding, delimiter, list(COLUMNS)), None)
    named = name_columns(headings, first.values if first else {})
    return read_records(lambda: [content], encoding, delimiter, named)


def pack(content: bytes) -> str:
    """Return a file as a field of a form holds it."""
    return base64.b64encode(zlib.compress(content)).decode()


def unpack(text: str) -> bytes:
    """Return the file that a field holds, cut behind what is too large.

    :raises InvalidInput: when the field holds none.
    """
    reader = zlib.decompressobj()
    try:
        content = reader.decompress(base64.b64decode(text, validate=True), LARGEST_FILE + 1)
    except (binascii.Error, ValueError, zlib.error):
        content = b""
    if not reader.eof and len(content) <= LARGEST_FILE:
        raise InvalidInput({"file": [_("Choose the file once more.")]})
    return content


def find_home_country(session: Session, platform_id: int) -> str:
    """Return the country that the platform says it sells from, if a module knows one."""
    manager = current_manager()
    answers = manager.contributions.collect(
        HOOK, manager.state_of(session, platform_id), session, platform_id=platform_id
    )
    return next((str(code) for _module, code in answers if code), "")


def choose_country(file: TaxFile, *, chosen: str, home: str) -> str:
    """Return the country whose rates are taken: the chosen one, or that of the platform, or the only one there is.

    Without a country only the rates that hold everywhere are taken.

    :raises InvalidInput: at the field `country`, when the file has none of it, or several and none was chosen.
    """
    if chosen:
        if chosen in file.countries or any(not row.country and not row.problem for row in file.rows):
            return chosen
        raise InvalidInput(
            {"country": [_("The file has no rates of %(country)s.", country=country_name(chosen))]}
        )
    if home in file.countries:
        return home
    if len(file.countries) > 1:
        raise InvalidInput({"country": [_("The file has rates of several countries. Choose one of them.")]})
    return next(iter(file.countries), "")


def preview(
    session: Session, platform_id: int, file: TaxFile, *, country: str, valid_from: dt.date
) -> Preview:
    """Say what becomes of each row; writes nothing.

    :raises InvalidInput: when the platform would have more rates than can be edited.
    """
    config = stock_service.get_config(session, platform_id)
    judged = tax_rates.judge(file.rows, config.tax_rates, country=country, valid_from=valid_from)
    if len(tax_rates.merge(config.tax_rates, judged, valid_from=valid_from)) > MOST_RATES:
        raise InvalidInput(
            {"": [_("The platform would have more than 500 rates. Leave some out of the file.")]}
        )
    taken = {one.tax_class for one in judged if one.verdict is not Verdict.LEFT_OUT}
    return Preview(
        country=country,
        valid_from=valid_from,
        rows=judged,
        untouched=[code for code in config.tax_classes if code not in taken],
        version=config_service.stored_version(session, platform_id, MODULE),
    )


def apply(session: Session, platform_id: int, found: Preview, *, version: str, user_id: int | None) -> int:
    """Take the rates over as the module's page would save them, and return how many are new or changed.

    What is there already needs no version: sent twice, it is done once.

    :raises StaleConfiguration: when the configuration is another one than the preview was made from.
    """
    if not found.has_news:
        return 0
    if version != found.version:
        raise StaleConfiguration
    config = stock_service.get_config(session, platform_id)
    rates = tax_rates.merge(config.tax_rates, found.rows, valid_from=found.valid_from)
    values = {"tax_rates": [rate.model_dump(mode="json") for rate in rates]}
    config_service.set_module_config(
        session, platform_id, MODULE, values, user_id, origin="portal", version=version
    )
    return found.count(Verdict.NEW, Verdict.CHANGED)
