"""Imports of customers: which columns a file has, and what of it is chosen or forgotten."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.customers.models.customer_import import CustomerImport, ImportChunk, ImportLine
from modules.customers.schemas.import_columns import ImportField, detect_columns, known_headings
from modules.customers.schemas.import_draft import read_line
from modules.customers.services.import_plan_service import CustomerBatch
from wizamart import imports
from wizamart.auth import user_service
from wizamart.csv_reader import FileRefused, Record
from wizamart.exceptions import InvalidInput
from wizamart.i18n import gettext as _
from wizamart.imports import ImportNotReady, ImportStatus, LineRefused, Verdict


class CustomerFiles(imports.Importer):
    """Tables of customers, one a line, known by their e-mail address."""

    package = "customers"
    file = CustomerImport
    chunk = ImportChunk
    line = ImportLine
    # Lines hold personal data that nobody needs once the import is understood.
    kept = timedelta(days=60)
    # A consent whose source was named after the preview changes a line, too.
    applies = frozenset({Verdict.CREATE, Verdict.UPDATE, Verdict.UNCHANGED})
    keeps_file = True

    def known_headings(self) -> frozenset[str]:
        """Return all headings that say what their column is."""
        return known_headings()

    def recognise(self, row: CustomerImport, headings: Sequence[str]) -> None:
        """Find out which column fills what; columns that somebody has chosen stay.

        :raises FileRefused: when no column holds e-mail addresses.
        """
        row.consents = 0
        if not row.columns:
            fields = detect_columns(headings)
            row.columns = [
                {"heading": heading, "field": field.value if field else ""}
                for heading, field in zip(headings, fields, strict=True)
            ]
        if not any(column["field"] == ImportField.EMAIL for column in row.columns):
            names = ", ".join(f"“{column['heading']}”" for column in row.columns[:12])
            raise FileRefused(
                _("No column holds e-mail addresses. The headings are: %(names)s.", names=names)
            )

    def columns_of(self, row: CustomerImport) -> list[str]:
        """Return the field that each column fills."""
        return [column["field"] or f"?{number}" for number, column in enumerate(row.columns)]

    def reader(
        self, _session: Session, _row: CustomerImport, *, at: datetime
    ) -> Callable[[Record], Mapping[str, Any]]:
        """Return what makes a line out of a record."""
        del at  # a customer is the same on any day
        return _read

    def shown(self, record: Record) -> Mapping[str, Any]:
        """Return who a refused line seems to be about."""
        return {"email": record.values.get("email", "")[:254], "name": record.values.get("name", "")[:120]}

    def load(
        self,
        session: Session,
        row: CustomerImport,
        units: Mapping[int, Sequence[ImportLine]],
        *,
        is_preview: bool,
        at: datetime,
    ) -> CustomerBatch:
        """Read who is known of these people."""
        lines = [line for unit in units.values() for line in unit]
        return CustomerBatch(session, row, lines, is_preview=is_preview, at=at)


CUSTOMER_FILES = CustomerFiles()


def _read(record: Record) -> dict[str, Any]:
    draft = read_line(record.values)
    try:
        draft.email = user_service.check_email(draft.email)
    except InvalidInput as error:
        texts = [text for texts in error.errors.values() for text in texts]
        raise LineRefused(" ".join(texts) or str(error)) from error
    return {"email": draft.email, "name": draft.name[:120], "values": draft.as_values()}


def choose_columns(session: Session, row: CustomerImport, fields: Sequence[str], *, locale: str) -> None:
    """Read the file again with these fields for its columns.

    :raises ImportNotReady: when it is being read, or was brought in.
    :raises InvalidInput: when there is no address, or a field is filled by two columns.
    """
    if len(fields) != len(row.columns):
        raise ImportNotReady
    chosen = [field for field in fields if field]
    if ImportField.EMAIL not in chosen:
        raise InvalidInput({"columns": [_("Say which column holds the e-mail addresses.")]})
    if len(set(chosen)) < len(chosen) or set(chosen) - {field.value for field in ImportField}:
        raise InvalidInput({"columns": [_("Two columns cannot fill the same field.")]})
    imports.read_again(session, CUSTOMER_FILES, row, locale=locale)
    row.columns = [{**column, "field": field} for column, field in zip(row.columns, fields, strict=True)]


def forget_person(session: Session, email: str, *, at: datetime) -> None:
    """Delete the lines with this address, and the files that hold it: one that waits to be brought in is cancelled."""
    holding = sa.select(ImportLine.import_id).where(ImportLine.email == email)
    for row in session.scalars(sa.select(CustomerImport).where(CustomerImport.id.in_(holding))).all():
        if ImportStatus(row.status).is_running or row.status == ImportStatus.READY:
            imports.cancel(session, CUSTOMER_FILES, row, at=at)
        imports.forget_file(session, CUSTOMER_FILES, row)
    session.execute(sa.delete(ImportLine).where(ImportLine.email == email))
