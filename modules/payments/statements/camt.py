"""Reading CAMT.053 (ISO 20022, bank to customer statement), versions 001.02 to 001.08 and later, as a stream.

Banks differ in namespaces, in where they put names and amounts, and in how much they say; so elements are found by
their local names. A document type is refused before anything is made of it, so no entity is ever expanded or fetched.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO, Final

from lxml import etree

from modules.payments.statements.camt_entries import read_entry
from modules.payments.statements.camt_tree import find_all, local_name, text_at
from modules.payments.statements.records import (
    Item,
    Section,
    Unreadable,
    plain_iban,
    read_amount,
    tidy,
)
from wizamart.csv_reader import FileRefused
from wizamart.i18n import gettext as _
from wizamart.money import Money

STATEMENT: Final = "BkToCstmrStmt"
OTHERS: Final = {"BkToCstmrAcctRpt": "camt.052", "BkToCstmrDbtCdtNtfctn": "camt.054"}
DEPTH: Final = 4  # a transport envelope may stand around the document
OPENING: Final = frozenset({"OPBD", "PRCD"})
CLOSING: Final = frozenset({"CLBD"})


def read(file: BinaryIO) -> Iterator[Item]:
    """Yield the entries of a file and what of them could not be read, and after those of a statement itself.

    :raises FileRefused: for what is no such statement, or no well-formed XML, with the reason in words.
    """
    try:
        yield from _items(_events(file))
    except etree.XMLSyntaxError as error:
        raise FileRefused(
            _("This is no well-formed XML: line %(line)s cannot be read.", line=error.lineno or 1)
        ) from error


def _events(file: BinaryIO) -> Iterator[tuple[str, Any]]:
    """Yield the elements as they begin and end; never loads a definition, an entity or anything from elsewhere."""
    context = etree.iterparse(
        file,
        events=("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    is_first = True
    for event, element in context:
        if is_first:
            is_first = False
            if element.getroottree().docinfo.doctype:
                raise FileRefused(_("The file holds a document type definition. No bank sends that."))
        yield event, element


def _items(events: Iterator[tuple[str, Any]]) -> Iterator[Item]:
    depth, number, is_statement = 0, 0, False
    section = Section()
    for event, element in events:
        name = local_name(element)
        if event == "start":
            depth += 1
            is_statement = is_statement or name == STATEMENT
            _check_kind(name, depth, is_statement=is_statement)
            if is_statement and name == "Stmt":
                section = Section()
            continue
        depth -= 1
        parent = element.getparent()
        if is_statement and name == "Stmt":
            yield section
        elif is_statement and parent is not None and local_name(parent) == "Stmt":
            if name == "Ntry":
                number += 1
                yield from read_entry(element, number)
            else:
                section = _told(section, name, element)
            _forget(element)
    if not is_statement:
        raise FileRefused(_("This is no bank statement (camt.053)."))


def _check_kind(name: str, depth: int, *, is_statement: bool) -> None:
    if name in OTHERS:
        raise FileRefused(
            _(
                "This is a report of another kind (%(kind)s). Upload the statement (camt.053) instead.",
                kind=OTHERS[name],
            )
        )
    if depth > DEPTH and not is_statement:
        raise FileRefused(_("This is no bank statement (camt.053)."))


def _told(section: Section, name: str, element: Any) -> Section:
    """Return what is known of a statement with what one more of its elements says."""
    if name == "Id":
        return replace(section, identification=tidy(element.text, 60))
    if name == "Acct":
        account = text_at(element, "Id/IBAN") or text_at(element, "Id/Othr/Id")
        return replace(section, iban=plain_iban(account)[:40], currency=text_at(element, "Ccy")[:3])
    if name == "FrToDt":
        start, end = text_at(element, "FrDtTm"), text_at(element, "ToDtTm")
        return replace(section, from_on=_day(start), until_on=_day(end))
    if name == "Bal":
        return _with_balance(section, element)
    return section


def _with_balance(section: Section, element: Any) -> Section:
    kind = text_at(element, "Tp/CdOrPrtry/Cd")
    try:
        amount = _balance(element)
    except Unreadable:
        return section  # a balance is for reading only; the entries count
    if kind in OPENING and section.opening is None:
        return replace(section, opening=amount)
    return replace(section, closing=amount) if kind in CLOSING else section


def _balance(element: Any) -> Money | None:
    found = next(iter(find_all(element, "Amt")), None)
    if found is None:
        return None
    amount = read_amount(found.text or "", found.get("Ccy", ""))
    return -amount if text_at(element, "CdtDbtInd") == "DBIT" else amount


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        return None


def _forget(element: Any) -> None:
    """Free what has been read, so that memory does not grow with the file."""
    element.clear()
    parent = element.getparent()
    while element.getprevious() is not None:
        del parent[0]
