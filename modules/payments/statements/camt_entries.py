"""One entry of a CAMT statement: one booking, which may stand for a batch of transactions."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

from modules.payments.statements.camt_tree import find_all, text_at
from modules.payments.statements.records import (
    Fault,
    ParsedEntry,
    Unreadable,
    checked_day,
    plain_iban,
    read_amount,
    tidy,
)
from wizamart.i18n import gettext as _
from wizamart.money import Money

NOT_PROVIDED: Final = frozenset({"NOTPROVIDED", "NOT PROVIDED", "NONREF", "NOREF"})
RETURNS: Final = frozenset({"RRTN", "RPCR", "UPCT", "UPDD", "PRDD", "RCDD", "ARET"})


def read_entry(entry: Any, number: int) -> Iterator[ParsedEntry | Fault]:
    """Yield what one booking holds: itself, or the transactions of its batch; nothing while it is only expected."""
    status = text_at(entry, "Sts/Cd", "Sts/Prtry", "Sts")
    if status and status.upper() != "BOOK":
        yield Fault(number, _("This entry is not booked yet, so it is left out."))
        return
    try:
        yield from _transactions(entry, number)
    except Unreadable as error:
        yield Fault(number, str(error))


def _transactions(entry: Any, number: int) -> Iterator[ParsedEntry | Fault]:
    total = _amount_of(entry)
    if total is None:
        raise Unreadable(_("The entry has no amount."))
    booked_on = _day_at(entry, "BookgDt") or _day_at(entry, "ValDt")
    if booked_on is None:
        raise Unreadable(_("The entry has no date."))
    details = list(find_all(entry, "NtryDtls/TxDtls"))
    amounts = [_amount_of_transaction(detail, entry, total.currency) for detail in details]
    if len(details) > 1 and all(amount is not None for amount in amounts):
        told = [amount for amount in amounts if amount is not None]
        if sum(amount.minor for amount in told) != total.minor:
            yield Fault(number, _("The transactions of this batch do not add up to its amount."))
        for place, (detail, amount) in enumerate(zip(details, told, strict=True)):
            yield _build(entry, [detail], amount, number=number, booked_on=booked_on, place=place)
        return
    yield _build(entry, details, total, number=number, booked_on=booked_on)


def _build(
    entry: Any,
    details: list[Any],
    amount: Money,
    *,
    number: int,
    booked_on: dt.date,
    place: int | None = None,
) -> ParsedEntry:
    """Return the record of one transaction, or of a booking whose transactions cannot be told apart."""
    sides = ("Dbtr", "DbtrAcct", "DbtrAgt") if amount.minor > 0 else ("Cdtr", "CdtrAcct", "CdtrAgt")
    first = details[0] if details else entry
    servicer = _reference_at(first, "Refs/AcctSvcrRef", "Refs/TxId") if place is not None else ""
    reference = _reference_at(entry, "AcctSvcrRef")
    return ParsedEntry(
        line=number,
        booked_on=booked_on,
        value_on=_day_at(entry, "ValDt"),
        amount=amount,
        bank_reference=tidy(" ".join(part for part in (reference, servicer) if part), 140),
        end_to_end_id=_reference_at(first, "Refs/EndToEndId")[:60],
        name=tidy(_party(first, sides[0]), 140),
        iban=plain_iban(text_at(first, f"RltdPties/{sides[1]}/Id/IBAN", f"RltdPties/{sides[1]}/Id/Othr/Id"))[
            :40
        ],
        bic=text_at(
            first,
            f"RltdAgts/{sides[2]}/FinInstnId/BICFI",
            f"RltdAgts/{sides[2]}/FinInstnId/BIC",
        )[:11],
        reference=" ".join(_structured(details))[:140],
        text=tidy(_text_of(entry, details), 1000),
        code=_code_of(first) or _code_of(entry),
        is_return=_is_return(entry, details),
        return_reason=tidy(_return_reason(details), 200),
    )


def _party(detail: Any, side: str) -> str:
    ultimate = "Ultmt" + side
    return text_at(
        detail,
        f"RltdPties/{side}/Pty/Nm",
        f"RltdPties/{side}/Nm",
        f"RltdPties/{ultimate}/Pty/Nm",
        f"RltdPties/{ultimate}/Nm",
    )


def _structured(details: list[Any]) -> list[str]:
    return [
        tidy(found.text, 40)
        for detail in details
        for found in find_all(detail, "RmtInf/Strd/CdtrRefInf/Ref")
        if found.text
    ]


def _text_of(entry: Any, details: list[Any]) -> str:
    """Return all that the payer and the bank wrote."""
    parts = []
    for detail in details:
        parts.append(" ".join(found.text or "" for found in find_all(detail, "RmtInf/Ustrd")))
        parts += [found.text or "" for found in find_all(detail, "RmtInf/Strd/AddtlRmtInf")]
        parts += [found.text or "" for found in find_all(detail, "RmtInf/Strd/RfrdDocInf/Nb")]
        parts.append(text_at(detail, "AddtlTxInf"))
    parts.append(text_at(entry, "AddtlNtryInf"))
    return " ".join(dict.fromkeys(part for part in parts if part.strip()))


def _is_return(entry: Any, details: list[Any]) -> bool:
    if text_at(entry, "RvslInd").casefold() in {"true", "1"}:
        return True
    if any(next(find_all(detail, "RtrInf"), None) is not None for detail in details):
        return True
    codes = {_sub_family(node) for node in (entry, *details)}
    return bool(codes & RETURNS)


def _return_reason(details: list[Any]) -> str:
    for detail in details:
        code = text_at(detail, "RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry")
        words = text_at(detail, "RtrInf/AddtlInf")
        if code or words:
            return " ".join(part for part in (code, words) if part)
    return ""


def _sub_family(node: Any) -> str:
    return text_at(node, "BkTxCd/Domn/Fmly/SubFmlyCd")


def _code_of(node: Any) -> str:
    domain = [text_at(node, f"BkTxCd/Domn/{path}") for path in ("Cd", "Fmly/Cd", "Fmly/SubFmlyCd")]
    return ("-".join(part for part in domain if part) or text_at(node, "BkTxCd/Prtry/Cd"))[:40]


def _reference_at(node: Any, *paths: str) -> str:
    text = text_at(node, *paths)
    return "" if text.upper() in NOT_PROVIDED else text


def _amount_of(node: Any) -> Money | None:
    found = next(find_all(node, "Amt"), None)
    if found is None:
        return None
    return _signed(read_amount(found.text or "", found.get("Ccy", "")), text_at(node, "CdtDbtInd"))


def _amount_of_transaction(detail: Any, entry: Any, currency: str) -> Money | None:
    """Return what a transaction of a batch moved on this account; none where the bank does not say it."""
    way = text_at(detail, "CdtDbtInd") or text_at(entry, "CdtDbtInd")
    for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"):
        for found in find_all(detail, path):
            if found.get("Ccy") == currency:
                return _signed(read_amount(found.text or "", currency), way)
    return None


def _signed(amount: Money, way: str) -> Money:
    if way not in {"CRDT", "DBIT"}:
        raise Unreadable(_("The entry does not say whether money came in or went out."))
    if amount.minor < 0:
        raise Unreadable(_("The amount has a sign of its own."))
    return -amount if way == "DBIT" else amount


def _day_at(node: Any, name: str) -> dt.date | None:
    text = text_at(node, f"{name}/Dt", f"{name}/DtTm")
    if not text:
        return None
    try:
        return checked_day(dt.date.fromisoformat(text[:10]))
    except ValueError as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(_("“%(text)s” is no date.", text=text[:40])) from None
