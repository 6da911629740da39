"""Bank statements: an uploaded file is looked through, then taken in, each entry once whatever files hold it."""

import datetime as dt
import hashlib
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from io import BytesIO
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, undefer

from modules.payments.models.account import ProviderAccount
from modules.payments.models.statement import BankEntry, BankStatement
from modules.payments.services import matching_service
from modules.payments.statements import bank_csv
from modules.payments.statements.csv_columns import Columns, Role, missing
from modules.payments.statements.exceptions import StatementNotFound, StatementNotWaiting, StatementRefused
from modules.payments.statements.fingerprints import Fingerprints
from modules.payments.statements.records import Fault, Item, ParsedEntry, Section
from modules.payments.statements.states import FileStatus
from wizamart.csv_reader import FileRefused
from wizamart.i18n import gettext as _
from wizamart.queue import enqueue

TAKE_IN: Final = "payments.take_in_statement"
AT_ONCE: Final = 500  # as many entries are taken in while somebody waits for the page
BATCH: Final = 500
SHOWN_FAULTS: Final = 50
SHOWN_ENTRIES: Final = 10
CHUNK_BYTES: Final = 64 * 1024
CAMT: Final = "camt.053"
CSV: Final = "csv"
CURRENCY: Final = "EUR"  # of amounts that have none beside them: accounts for SEPA transfers are in euros


def build_query(*, vendor_id: int | None) -> sa.Select[Any]:
    """Return the statements of one owner: a vendor, or None for the platform."""
    return sa.select(BankStatement).where(BankStatement.vendor_id.is_not_distinct_from(vendor_id))


def get_statement(session: Session, statement_id: int, *, vendor_id: int | None) -> BankStatement:
    """Return a statement of this owner.

    :raises StatementNotFound: when there is none, or it is somebody else's.
    """
    query = build_query(vendor_id=vendor_id).where(BankStatement.id == statement_id)
    statement: BankStatement | None = session.scalars(query).one_or_none()
    if statement is None:
        raise StatementNotFound
    return statement


def create_statement(
    session: Session,
    content: bytes,
    *,
    account: ProviderAccount,
    file_name: str,
    actor_id: int | None,
    at: datetime,
) -> BankStatement:
    """Keep an uploaded file until somebody has looked at what is in it; the same file again is the one that is there.

    :raises StatementRefused: when it is no statement, or one of another account, with the reason.
    """
    digest = hashlib.sha256(content).hexdigest()
    query = sa.select(BankStatement).where(
        BankStatement.account_id == account.id, BankStatement.digest == digest
    )
    known = session.scalars(query).one_or_none()
    if known is not None:
        return known
    statement = BankStatement(
        platform_id=account.platform_id,
        vendor_id=account.vendor_id,
        account=account,
        file_name=file_name.replace("\x00", "")[-200:],
        digest=digest,
        format=_format_of(content),
        content=zlib.compress(content),
        uploaded_by_id=actor_id,
        created_at=at,
    )
    with _refusals():
        if statement.format == CSV:
            layout = bank_csv.find_layout(_chunks(content))
            statement.columns = {name: role.value for name, role in layout.columns.items()}
        _look_through(statement)
    session.add(statement)
    session.flush()  # the page of the statement needs its id
    return statement


def set_columns(session: Session, statement: BankStatement, columns: Mapping[str, str]) -> BankStatement:
    """Say by hand what the columns of a CSV hold, and look through it anew.

    :raises StatementNotWaiting: when it was taken in already.
    :raises StatementRefused: when what is needed is still missing.
    """
    statement = _lock(session, statement.id)
    if statement.status != FileStatus.WAITING:
        raise StatementNotWaiting
    roles = {role.value for role in Role}
    statement.columns = {name: role for name, role in columns.items() if role in roles}
    with _refusals():
        _look_through(statement)
    return statement


def discard(session: Session, statement: BankStatement) -> None:
    """Forget a file that was not taken in.

    :raises StatementNotWaiting: when it was.
    """
    statement = _lock(session, statement.id)
    if statement.status != FileStatus.WAITING:
        raise StatementNotWaiting
    session.delete(statement)


def preview(statement: BankStatement) -> list[ParsedEntry]:
    """Return the first entries of a file that waits, as they would be taken in."""
    try:
        entries = (item for item in _items(statement) if isinstance(item, ParsedEntry))
        return list(islice(entries, SHOWN_ENTRIES))
    except FileRefused:
        return []


def layout_of(statement: BankStatement) -> tuple[bank_csv.Layout, dict[str, list[str]]] | None:
    """Return how a CSV that waits is laid out, with samples of its columns; None for other files."""
    if statement.format != CSV or statement.content is None:
        return None
    chunks = _chunks(_content(statement))
    layout = bank_csv.find_layout(chunks, _columns(statement))
    return layout, bank_csv.list_samples(chunks, layout)


def begin(session: Session, statement: BankStatement, *, actor_id: int | None, at: datetime) -> BankStatement:
    """Take a file in: a small one at once, a large one in the background.

    :raises StatementNotWaiting: when that was done already.
    :raises StatementRefused: when it cannot be read, such as a CSV whose columns nobody has told.
    """
    statement = _lock(session, statement.id)
    if statement.status != FileStatus.WAITING:
        raise StatementNotWaiting
    with _refusals():
        next(_items(statement), None)
    statement.status = FileStatus.RUNNING
    if statement.entries_count <= AT_ONCE:
        return take_in(session, statement.id, actor_id=actor_id, at=at)
    enqueue(
        session,
        TAKE_IN,
        {"statement_id": statement.id, "actor_id": actor_id},
        platform_id=statement.platform_id,
        vendor_id=statement.vendor_id,
        key=f"payments:statement:{statement.id}",
    )
    return statement


def take_in(
    session: Session,
    statement_id: int,
    *,
    actor_id: int | None,
    at: datetime,
    report: Callable[[int, str], object] | None = None,
) -> BankStatement:
    """Store the entries that are new and match those that are sure; a file that was taken in stays as it is."""
    statement = _lock(session, statement_id)
    if statement.status != FileStatus.RUNNING:
        return statement
    # One file of an account at a time, so that overlapping ones see each other's entries.
    query = sa.select(ProviderAccount).where(ProviderAccount.id == statement.account_id).with_for_update()
    account = session.scalars(query).one()
    matcher = matching_service.Matcher(session, account, actor_id=actor_id, at=at)
    fingerprints = Fingerprints()
    entries = (item for item in _items(statement) if isinstance(item, ParsedEntry))
    done = 0
    while batch := list(islice(entries, BATCH)):
        rows = _store_new(session, statement, batch, fingerprints)
        matcher.judge(rows)
        statement.new_count += len(rows)
        done += len(batch)
        if report is not None:
            report(100 * done // max(1, statement.entries_count), "")
    statement.status = FileStatus.DONE
    statement.content = None
    statement.taken_in_at = at
    return statement


def _store_new(
    session: Session, statement: BankStatement, batch: Sequence[ParsedEntry], fingerprints: Fingerprints
) -> list[BankEntry]:
    """Add the entries that no file has brought yet, and return them."""
    marked = {fingerprints.of(entry): entry for entry in batch}
    query = sa.select(BankEntry.fingerprint).where(
        BankEntry.account_id == statement.account_id, BankEntry.fingerprint.in_(marked)
    )
    known = set(session.scalars(query))
    rows = [
        BankEntry(
            platform_id=statement.platform_id,
            vendor_id=statement.vendor_id,
            account_id=statement.account_id,
            statement=statement,
            fingerprint=fingerprint,
            amount_minor=entry.amount.minor,
            currency=entry.amount.currency,
            **{name: value for name, value in asdict(entry).items() if name not in {"amount", "code"}},
        )
        for fingerprint, entry in marked.items()
        if fingerprint not in known
    ]
    session.add_all(rows)
    session.flush()  # the ledger's lines name the entries
    return rows


def _look_through(statement: BankStatement) -> None:
    """Read a whole file without keeping it, and write down what is in it.

    :raises FileRefused: when it cannot be read, or is of another account.
    """
    statement.sections, statement.faults = [], []
    statement.entries_count = statement.faults_count = 0
    statement.from_on = statement.until_on = None
    if statement.format == CSV and missing(_columns(statement)):
        return  # the page asks what the columns hold
    days: list[dt.date] = []
    for item in _items(statement):
        if isinstance(item, Section):
            _check_account(statement, item)
            statement.sections = [*statement.sections, _plain_section(item)]
        elif isinstance(item, Fault):
            statement.faults_count += 1
            if len(statement.faults) < SHOWN_FAULTS:
                statement.faults = [*statement.faults, {"line": item.line, "text": item.text}]
        else:
            statement.entries_count += 1
            days = [min([*days, item.booked_on]), max([*days, item.booked_on])]
    if days:
        statement.from_on, statement.until_on = days[0], days[-1]
    elif not statement.sections and not statement.faults:
        raise FileRefused(_("There is no entry in this file."))


def _check_account(statement: BankStatement, section: Section) -> None:
    own = statement.account.credentials.get("iban", "")
    if section.iban and own and section.iban != own:
        raise FileRefused(
            _(
                "This statement is of the account %(found)s. The account chosen here is %(own)s.",
                found=section.iban,
                own=own,
            )
        )


def _plain_section(section: Section) -> dict[str, Any]:
    def minor(amount: Any) -> int | None:
        return None if amount is None else amount.minor

    known = section.opening or section.closing
    return {
        "identification": section.identification,
        "iban": section.iban,
        "currency": section.currency or (known.currency if known else ""),
        "opening": minor(section.opening),
        "closing": minor(section.closing),
    }


def _items(statement: BankStatement) -> Iterator[Item]:
    content = _content(statement)
    if statement.format == CAMT:
        from modules.payments.statements import camt  # few requests read XML

        return camt.read(BytesIO(content))
    chunks = _chunks(content)
    layout = bank_csv.find_layout(chunks, _columns(statement))
    return bank_csv.read(chunks, layout, currency=CURRENCY)


def _columns(statement: BankStatement) -> Columns:
    return {name: Role(role) for name, role in statement.columns.items()}


def _content(statement: BankStatement) -> bytes:
    if statement.content is None:
        raise StatementNotWaiting
    return zlib.decompress(statement.content)


def _chunks(content: bytes) -> Callable[[], Iterator[bytes]]:
    return lambda: (content[start : start + CHUNK_BYTES] for start in range(0, len(content), CHUNK_BYTES))


def _format_of(content: bytes) -> str:
    head = content[:200].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").replace(b"\x00", b"")
    return CAMT if head.startswith(b"<") else CSV


def _lock(session: Session, statement_id: int) -> BankStatement:
    query = (
        sa.select(BankStatement)
        .where(BankStatement.id == statement_id)
        .options(undefer(BankStatement.content))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    statement = session.scalars(query).one_or_none()
    if statement is None:
        raise StatementNotFound
    return statement


@contextmanager
def _refusals() -> Iterator[None]:
    """Say at the field of the file why it cannot be read."""
    try:
        yield
    except FileRefused as error:
        raise StatementRefused({"file": [str(error)]}) from error
