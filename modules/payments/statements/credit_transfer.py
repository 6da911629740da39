"""Orders to the bank: SEPA credit transfers as pain.001.001.09 (ISO 20022, by the rules of the EPC)."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from wizamart.money import Money

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_LETTERS: Final = {"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "&": "+"}
_FORBIDDEN: Final = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
NAME_LENGTH: Final = 70
TEXT_LENGTH: Final = 140


@dataclass(frozen=True, slots=True)
class Payer:
    """From which account the transfers are made."""

    name: str
    iban: str
    bic: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """One transfer; the end-to-end id comes back in the statement."""

    end_to_end_id: str
    amount: Money
    name: str
    iban: str
    bic: str = ""
    text: str = ""


def build_file(orders: Sequence[Order], payer: Payer, *, message_id: str, at: datetime) -> bytes:
    """Return the XML of a file with these orders, to be carried out on the day it is made."""
    from lxml import etree  # few requests write XML

    document = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})
    body = _add(document, "CstmrCdtTrfInitn")
    header = _add(body, "GrpHdr")
    _add(header, "MsgId", message_id)
    _add(header, "CreDtTm", f"{at:%Y-%m-%dT%H:%M:%S}")
    _add_sums(header, orders)
    _add(_add(header, "InitgPty"), "Nm", plain(payer.name, NAME_LENGTH))
    batch = _add(body, "PmtInf")
    _add(batch, "PmtInfId", message_id)
    _add(batch, "PmtMtd", "TRF")
    _add_sums(batch, orders)
    _add(_add(_add(batch, "PmtTpInf"), "SvcLvl"), "Cd", "SEPA")
    _add(_add(batch, "ReqdExctnDt"), "Dt", f"{at:%Y-%m-%d}")
    _add(_add(batch, "Dbtr"), "Nm", plain(payer.name, NAME_LENGTH))
    _add(_add(_add(batch, "DbtrAcct"), "Id"), "IBAN", payer.iban)
    _add_bank(batch, "DbtrAgt", payer.bic)
    _add(batch, "ChrgBr", "SLEV")
    for order in orders:
        _add_order(batch, order)
    found: bytes = etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return found


def plain(text: str, size: int) -> str:
    """Return a text in the letters that every SEPA bank takes, cut to a size."""
    spelt = "".join(_LETTERS.get(letter, letter) for letter in text)
    bare = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()
    return " ".join(_FORBIDDEN.sub(" ", bare).split())[:size].strip()


def _add_order(batch: Any, order: Order) -> None:
    transaction = _add(batch, "CdtTrfTxInf")
    _add(_add(transaction, "PmtId"), "EndToEndId", order.end_to_end_id)
    amount = _add(_add(transaction, "Amt"), "InstdAmt", _euros(order.amount.minor))
    amount.set("Ccy", order.amount.currency)
    if order.bic:
        _add_bank(transaction, "CdtrAgt", order.bic)
    _add(_add(transaction, "Cdtr"), "Nm", plain(order.name, NAME_LENGTH) or "-")
    _add(_add(_add(transaction, "CdtrAcct"), "Id"), "IBAN", order.iban)
    if text := plain(order.text, TEXT_LENGTH):
        _add(_add(transaction, "RmtInf"), "Ustrd", text)


def _add_sums(parent: Any, orders: Sequence[Order]) -> None:
    _add(parent, "NbOfTxs", str(len(orders)))
    _add(parent, "CtrlSum", _euros(sum(order.amount.minor for order in orders)))


def _add_bank(parent: Any, name: str, bic: str) -> None:
    institution = _add(_add(parent, name), "FinInstnId")
    if bic:
        _add(institution, "BICFI", bic)
    else:
        _add(_add(institution, "Othr"), "Id", "NOTPROVIDED")


def _add(parent: Any, name: str, text: str | None = None) -> Any:
    from lxml import etree

    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    element.text = text
    return element


def _euros(minor: int) -> str:
    return f"{Decimal(minor).scaleb(-2):.2f}"
