"""Demo data of bank transfers: an account, payments that wait, and statements that pay some of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from xml.sax.saxutils import escape

from sqlalchemy.orm import Session

from modules.payments.gateways.bank_transfer import BankAccount, BankTransfer
from modules.payments.gateways.interface import Method
from modules.payments.models.account import ProviderAccount
from modules.payments.models.payment import Payment
from modules.payments.schemas.account import form_model
from modules.payments.services import account_service, payment_service, statement_service
from modules.payments.statements import references
from wizamart.money import Money

OWN: Final = "LU120010001234567891"
CURRENCY: Final = "EUR"
ASKED: Final = (8450, 12_900, 4200, 23_100, 6790)
# day of the month's statement, amount, name, IBAN, which payment, what of its reference the payer wrote
LINES: Final = (
    (9, "84.50", "Claudine Thill", "LU280019400644750000", 0, "{reference}"),
    (8, "100.00", "Jos Weber", "DE89370400440532013000", 1, "{reference} Rechnung"),
    (6, "24.80", "Boutique des Fleurs", "BE68539007547034", None, "Merci pour tout"),
    (5, "42.00", "Marc Kieffer", "FR1420041010050500013M02606", 2, "{mistyped}"),
)
FEE: Final = (4, "3.50", "Account fee")


def create(session: Session, *, platform_id: int, vendor_ids: Sequence[int], at: datetime) -> None:
    """Write the demo rows of a platform, and of each vendor an account that customers are not offered."""
    for owner_id in (None, *vendor_ids):
        payee_id = owner_id or next(iter(vendor_ids), None)
        if payee_id is not None:
            _create(session, platform_id, owner_id, payee_id, at)


def _create(session: Session, platform_id: int, owner_id: int | None, vendor_id: int, at: datetime) -> None:
    account = _make_account(session, platform_id, owner_id, at=at - timedelta(days=30))
    payments = [
        payment_service.create_payment(
            session,
            platform_id=platform_id,
            vendor_id=vendor_id,
            amount=Money(minor, CURRENCY),
            reference=f"BANK-{platform_id}{vendor_id:02d}{'P' if owner_id is None else 'V'}{place}",
            account=account,
            method=Method.BANK_TRANSFER,
            idempotency_key=f"demo-bank-{owner_id}-{place}",
            at=at - timedelta(days=12 - place),
        )
        for place, minor in enumerate(ASKED)
    ]
    _upload(session, account, _statement(payments, at), "statement.xml", at=at - timedelta(days=3))
    waiting = _statement(payments[3:4], at, days=1, amount="231.00")
    _upload(session, account, waiting, "statement-of-today.xml", at=at, is_taken_in=False)
    payment_service.request_refund(
        session,
        payments[0],
        amount=Money(1500, CURRENCY),
        reason="One cup was broken",
        idempotency_key="demo-refund",
        at=at - timedelta(days=1),
    )


def _make_account(
    session: Session, platform_id: int, owner_id: int | None, *, at: datetime
) -> ProviderAccount:
    bank = BankAccount(holder="Wizamart Demo S.à r.l.", iban=OWN, bank_name="Banque de démonstration")
    values = {
        "name": "Bank transfer" if owner_id is None else "Own bank account",
        "methods": [Method.BANK_TRANSFER] if owner_id is None else [],
        "credentials": bank,
    }
    return account_service.create_account(
        session,
        BankTransfer.code,
        form_model(BankTransfer()).model_validate(values),
        platform_id=platform_id,
        vendor_id=owner_id,
        actor_id=None,
        at=at,
    )


def _upload(
    session: Session,
    account: ProviderAccount,
    content: bytes,
    name: str,
    *,
    at: datetime,
    is_taken_in: bool = True,
) -> None:
    kept = statement_service.create_statement(
        session, content, account=account, file_name=name, actor_id=None, at=at
    )
    if is_taken_in:
        statement_service.begin(session, kept, actor_id=None, at=at)


def _statement(payments: Sequence[Payment], at: datetime, *, days: int = 0, amount: str = "") -> bytes:
    """Return a CAMT.053 file: of the fixed lines, or of one that pays the first payment."""
    if days:
        reference = references.build(payments[0].id)
        entries = [
            _entry(at - timedelta(days=days), amount, "Anne Muller", "LU280019400644750000", reference)
        ]
    else:
        entries = [
            _entry(at - timedelta(days=ago), sum_, name, iban, _written(text, payments, place))
            for ago, sum_, name, iban, place, text in LINES
        ]
        entries.append(_entry(at - timedelta(days=FEE[0]), FEE[1], "", "", FEE[2], way="DBIT"))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>'
        f"<Stmt><Id>2026-{payments[0].id}-{days}</Id><Acct><Id><IBAN>{OWN}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f"{''.join(entries)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _written(text: str, payments: Sequence[Payment], place: int | None) -> str:
    reference = references.build(payments[place or 0].id)
    mistyped = reference[:-1] + str((int(reference[-1]) + 1) % 10)
    return text.format(reference=references.formatted(reference), mistyped=references.formatted(mistyped))


def _entry(day: datetime, amount: str, name: str, iban: str, text: str, *, way: str = "CRDT") -> str:
    side = "Dbtr" if way == "CRDT" else "Cdtr"
    parties = f"<{side}><Pty><Nm>{escape(name)}</Nm></Pty></{side}>" if name else ""
    parties += f"<{side}Acct><Id><IBAN>{iban}</IBAN></Id></{side}Acct>" if iban else ""
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt><Dt>{day:%Y-%m-%d}</Dt></BookgDt><ValDt><Dt>{day:%Y-%m-%d}</Dt></ValDt>"
        f"<NtryDtls><TxDtls><RltdPties>{parties}</RltdPties><RmtInf><Ustrd>{escape(text)}</Ustrd></RmtInf>"
        "</TxDtls></NtryDtls></Ntry>"
    )
