"""The pages of an import: upload, preview, progress, what became of each line; the same for every importer."""

import functools
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import flask
from flask import flash, render_template, request, url_for
from flask_login import current_user

from wizamart import clock, imports
from wizamart.database import db
from wizamart.exceptions import InvalidInput
from wizamart.feature_gate import requires_feature
from wizamart.i18n import LazyText, current_locale, gettext as _, lazy_gettext, lazy_pgettext
from wizamart.imports import Importer, ImportStatus, Verdict
from wizamart.imports.service import CHUNK_BYTES
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.web.csv_export import csv_response
from wizamart.web.htmx import go_to
from wizamart.web.portal import current_frontend, current_layout, current_vendor_id
from wizamart.web.tables import Column, Table

FIRST_LINES: Final = 10
SHOWN_REFUSALS: Final = 50
ENCODINGS: Final = {
    "utf-8-sig": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
    "latin-1": "ISO-8859-1",
}
DELIMITERS: Final = {
    ",": lazy_gettext("Comma"),
    ";": lazy_gettext("Semicolon"),
    "\t": lazy_gettext("Tab"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the pages call things."""

    title: LazyText
    upload_title: LazyText
    empty: LazyText
    created: LazyText
    updated: LazyText
    unchanged: LazyText
    done: LazyText
    to_result: LazyText


class ImportPages(ABC):
    """The pages of one importer, in one portal or in both; subclasses say what is their own.

    `resource` begins the permissions, `<resource>:read` and `<resource>:create`; `columns` tell a line apart from
    others, the `unbroken` ones without a break; `result` is the endpoint where what came in is seen, with its icon.
    `feature` is what a vendor's subscription must include, if it is another one than the blueprint's.
    `parts` are templates of the module: `help` says what can be read; `above_list`, `below_list`, `upload_fields`,
    `choices` (before a file is brought in) and `lines` (below the lines of a file) are there if need be.
    """

    resource: ClassVar[str]
    feature: ClassVar[str | None] = None
    words: ClassVar[Words]
    columns: ClassVar[Sequence[Column]]
    unbroken: ClassVar[Sequence[str]] = ()
    result: ClassVar[tuple[str, str]]
    parts: ClassVar[Mapping[str, str]]

    @property
    @abstractmethod
    def importer(self) -> Importer:
        """What is imported; asked for by each request, so that a start does not load what it needs."""

    def mount(self, *blueprints: flask.Blueprint, path: str) -> None:
        """Register the pages under a path with the blueprints of one or several portals."""
        read, create = f"{self.resource}:read", f"{self.resource}:create"
        one = f"{path}/<int:import_id>"
        for endpoint, method, rule, permission, view in (
            ("import_list", "GET", path, read, self.show_list),
            ("import_new", "GET", f"{path}/new", create, self.show_new),
            ("import_create", "POST", path, create, self.create),
            ("import_detail", "GET", one, read, self.show),
            ("import_apply", "POST", f"{one}/application", create, self.apply),
            ("import_cancel", "POST", f"{one}/cancellation", create, self.cancel),
            ("import_resume", "POST", f"{one}/continuation", create, self.resume),
            ("import_refused", "GET", f"{one}/refused.csv", read, self.export_refused),
        ):
            guarded = requires(permission)(_as_function(view))
            if self.feature is not None:
                guarded = requires_feature(self.feature)(guarded)
            for blueprint in blueprints:
                blueprint.add_url_rule(rule, endpoint, guarded, methods=[method])

    def read_upload(self) -> dict[str, Any]:
        """Return what the form of a new file says beside it, by column of the import.

        :raises InvalidInput: with what is wrong at which field.
        """
        return {}

    def upload_context(self) -> dict[str, Any]:
        """Return what the module's part of the form of a new file needs."""
        return {}

    def context(self) -> dict[str, Any]:
        """Return what the module's parts of all pages need."""
        return {}

    def read_choices(self) -> dict[str, Any]:
        """Return what was chosen for a file that is to be brought in, by column of the import."""
        return {}

    def facts_of(self, _row: Any) -> Sequence[tuple[str, Any]]:
        """Return what else was found out about a file."""
        return ()

    def breadcrumbs(self) -> list[tuple[Any, str]]:
        """Return the way to the pages below the list."""
        return [(self.words.title, self.url("import_list"))]

    def has_news(self, row: Any) -> bool:
        """Tell whether bringing the file in would change anything."""
        return bool(row.counts.get(Verdict.CREATE, 0) + row.counts.get(Verdict.UPDATE, 0))

    def url(self, endpoint: str, **values: Any) -> str:
        """Return the address of a page of the module in this portal."""
        return url_for(f"{self.importer.package}_{current_frontend()}.{endpoint}", **values)

    def get(self, import_id: int) -> Any:
        """Return an import of the portal that the request is in.

        :raises ImportNotFound: when there is none, or it is another's.
        """
        return imports.get_import(db.session(), self.importer, import_id, vendor_id=current_vendor_id())

    def show_list(self) -> str:
        """Show the imports, and the way to another one."""
        query = imports.select_imports(self.importer, vendor_id=current_vendor_id())
        table = Table.from_select(
            db.session(),
            query,
            columns=[
                Column("file_name", lazy_gettext("File")),
                Column("status", lazy_gettext("Status")),
                Column("lines", lazy_pgettext("file", "Lines"), align="end"),
                Column("created_at", lazy_gettext("Uploaded"), sort=self.importer.file.created_at),
            ],
            default_sort="-created_at",
        )
        return self._render("list.html", table=table, statuses=ImportStatus)

    def show_new(self, errors: Mapping[str, list[str]] | None = None) -> str:
        """Ask for a file."""
        return self._render("new.html", errors=errors or {}, **self.upload_context())

    def create(self) -> Any:
        """Keep the file and have it read."""
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            return self.show_new({"file": [_("Choose a file.")]}), 422
        try:
            row = imports.create_import(
                db.session(),
                self.importer,
                iter(lambda: sent.stream.read(CHUNK_BYTES), b""),
                file_name=sent.filename,
                platform_id=current_platform.id,
                vendor_id=current_vendor_id(),
                user_id=current_user.id,
                locale=str(current_locale()),
                at=clock.now(),
                more=self.read_upload(),
            )
        except InvalidInput as error:
            return self.show_new(error.errors), 422
        return self._go_to(row)

    def show(self, import_id: int, errors: Mapping[str, list[str]] | None = None) -> str:
        """Show how far an import is, what it would do, or what it did."""
        session, row = db.session(), self.get(import_id)
        state = ImportStatus(row.status)
        shown = functools.partial(imports.list_lines, session, self.importer, row.id)
        is_read = not (state.is_running or state is ImportStatus.REFUSED)
        return self._render(
            "detail.html",
            row=row,
            state=state,
            has_stopped=imports.has_stopped(session, row),
            percent=imports.percent_of(row),
            lines=shown(limit=FIRST_LINES).all() if is_read else [],
            refused=shown(verdict=Verdict.REFUSED, limit=SHOWN_REFUSALS).all() if is_read else [],
            facts=self._facts(row) if not state.is_running else [],
            verdict_of=_verdict_of,
            errors=errors or {},
        )

    def _facts(self, row: Any) -> list[tuple[str, Any]]:
        return [
            *self.facts_of(row),
            (_("Encoding"), ENCODINGS.get(row.encoding, row.encoding)),
            (_("Separator"), DELIMITERS.get(row.delimiter, row.delimiter)),
        ]

    def apply(self, import_id: int) -> Any:
        """Bring the file in."""
        row = self.get(import_id)
        imports.start_applying(
            db.session(),
            self.importer,
            row,
            is_all_or_nothing=request.form.get("mode") == "all",
            locale=str(current_locale()),
            at=clock.now(),
        )
        for name, value in self.read_choices().items():
            setattr(row, name, value)
        return self._go_to(row)

    def cancel(self, import_id: int) -> Any:
        """Stop the work on a file, or drop it."""
        row = self.get(import_id)
        imports.cancel(db.session(), self.importer, row, at=clock.now())
        flash(_("The import was cancelled."), "success")
        return self._go_to(row)

    def resume(self, import_id: int) -> Any:
        """Go on where the work has stopped."""
        row = self.get(import_id)
        imports.resume(db.session(), row, at=clock.now())
        return self._go_to(row)

    def export_refused(self, import_id: int) -> flask.Response:
        """Send the refused lines with their numbers and reasons."""
        row = self.get(import_id)
        columns = [
            Column("number", lazy_gettext("Line")),
            *self.columns,
            Column("reason", lazy_gettext("Reason")),
        ]
        lines = imports.list_lines(db.session(), self.importer, row.id, verdict=Verdict.REFUSED)
        return csv_response(f"refused-{row.id}", columns, lines)

    def _go_to(self, row: Any) -> Any:
        return go_to(self.url("import_detail", import_id=row.id))

    def _render(self, template: str, **context: Any) -> str:
        return render_template(
            f"imports/{template}",
            pages=self,
            words=self.words,
            parts=self.parts,
            layout=current_layout(),
            **self.context(),
            **context,
        )


def _verdict_of(line: Any) -> Verdict | None:
    """Return the verdict on a line, none where it was not judged before the import was cancelled."""
    return Verdict(line.verdict) if line.verdict else None


def _as_function(view: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that can say who may call it, which a bound method cannot."""

    @functools.wraps(view)
    def call(**values: Any) -> Any:
        return view(**values)

    return call
