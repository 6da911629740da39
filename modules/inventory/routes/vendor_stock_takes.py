"""The vendor's stock-takes: start, count by hand or by file, see the differences, book them or give up."""

from typing import Any

import flask
from flask import flash, render_template, request, url_for
from flask_login import current_user

from modules.inventory.routes.blueprints import vendor as bp
from modules.inventory.schemas.states import StockTakeStatus
from modules.inventory.services import (
    count_file_service,
    location_service,
    product_service,
    stock_take_service,
)
from wizamart import clock
from wizamart.database import db
from wizamart.exceptions import InvalidInput, RuleViolation
from wizamart.i18n import gettext as _, lazy_gettext, ngettext
from wizamart.numbers import is_row_number, whole_number
from wizamart.permissions import requires
from wizamart.web.csv_export import csv_response
from wizamart.web.htmx import go_to
from wizamart.web.tables import Column, Filter, Table

PER_PAGE = 50
SHOWN_PROBLEMS = 10


@bp.get("/stock-takes")
@requires("inventory:stock:read")
def stock_take_list() -> str:
    """Show the stock-takes there were, and the form that starts another."""
    states = [(state.value, state.label) for state in StockTakeStatus]
    table = Table.from_select(
        db.session(),
        stock_take_service.select_stock_takes(),
        columns=[
            Column("location", lazy_gettext("Location")),
            Column("status", lazy_gettext("Status")),
            Column("started_at", lazy_gettext("Started"), sort=stock_take_service.STARTED_AT),
            Column("finished_at", lazy_gettext("Finished")),
        ],
        filters=[
            Filter("status", lazy_gettext("Any status"), stock_take_service.STATUS, choices=states),
        ],
        default_sort="-started_at",
    )
    locations = [(one.id, one.name) for one in location_service.list_locations(db.session())]
    return render_template(
        "inventory/vendor/stock_take_list.html", table=table, labels=dict(states), locations=locations
    )


@bp.post("/stock-takes")
@requires("inventory:stock:update")
def stock_take_create() -> Any:
    """Start counting a location."""
    location_id = request.form.get("location_id", type=whole_number) or 0
    try:
        take = stock_take_service.start(
            db.session(),
            location_id,
            note=request.form.get("note", "").strip()[:200],
            actor_id=current_user.id,
            at=clock.now(),
        )
    except RuleViolation as refusal:
        flash(str(refusal), "danger")
        return go_to(url_for("inventory_vendor.stock_take_list"))
    return _go_on(take.id)


def _go_on(take_id: int, query: str = "") -> Any:
    address = url_for("inventory_vendor.stock_take_detail", take_id=take_id)
    return go_to(f"{address}?{query}" if query else address)


@bp.get("/stock-takes/<int:take_id>")
@requires("inventory:stock:read")
def stock_take_detail(take_id: int) -> str:
    """Show the count sheet with what was counted and what differs."""
    session = db.session()
    take = stock_take_service.get_stock_take(session, take_id)
    return render_template(
        "inventory/vendor/stock_take_detail.html",
        take=take,
        table=_sheet(take),
        summary=stock_take_service.summarise(session, take),
        status_label=StockTakeStatus(take.status).label,
    )


def _sheet(take: Any) -> Table:
    sorts = stock_take_service.SHEET_SORTS
    views = [
        ("open", lazy_gettext("Not counted yet")),
        ("counted", lazy_gettext("Counted")),
        ("differing", lazy_gettext("With a difference")),
    ]
    return Table.from_select(
        db.session(),
        stock_take_service.select_sheet(take),
        columns=[
            Column("title", lazy_gettext("Product"), sort=sorts["title"]),
            Column("sku", lazy_gettext("SKU"), sort=sorts["sku"]),
            Column("expected", lazy_gettext("Expected"), align="end"),
            Column("counted", lazy_gettext("Counted"), align="end"),
            Column("difference", lazy_gettext("Difference"), align="end"),
        ],
        filters=[Filter("view", lazy_gettext("All lines"), stock_take_service.narrow_sheet, choices=views)],
        search=stock_take_service.SHEET_SEARCH,
        default_sort="title",
        per_page=PER_PAGE,
    )


@bp.post("/stock-takes/<int:take_id>/counts")
@requires("inventory:stock:update")
def stock_take_count(take_id: int) -> Any:
    """Note the numbers of a page of the sheet; what was left empty stays as it is."""
    session, now = db.session(), clock.now()
    take = stock_take_service.get_stock_take(session, take_id, for_change=True)
    sent, wrong = _sent_counts()
    known = {variant.id for variant in product_service.list_variants(session, sorted(sent))}
    lines = [
        stock_take_service.Counted(variant_id, number, now)
        for variant_id, number in sent.items()
        if variant_id in known
    ]
    stock_take_service.forget(session, take, request.form.getlist("forget", type=whole_number))
    noted = stock_take_service.count(session, take, lines, actor_id=current_user.id)
    if wrong:
        flash(_("No quantity, and not saved: %(texts)s.", texts=", ".join(wrong[:SHOWN_PROBLEMS])), "danger")
    flash(ngettext("%(num)d count was saved.", "%(num)d counts were saved.", noted), "success")
    return _go_on(take.id, request.query_string.decode())


def _sent_counts() -> tuple[dict[int, int], list[str]]:
    """Return the numbers by variant, and the texts that are none."""
    sent, wrong = {}, []
    for name, text in request.form.items():
        start, _dot, key = name.partition(".")
        if start != "count" or not text.strip() or not is_row_number(key):
            continue
        if text.strip().isascii() and text.strip().isdigit() and int(text) <= stock_take_service.MOST_PIECES:
            sent[int(key)] = int(text)
        else:
            wrong.append(f"“{text.strip()[:20]}”")
    return sent, wrong


@bp.post("/stock-takes/<int:take_id>/file")
@requires("inventory:stock:update")
def stock_take_upload(take_id: int) -> Any:
    """Note the counts of a file."""
    session, sent = db.session(), request.files.get("file")
    take = stock_take_service.get_stock_take(session, take_id, for_change=True)
    content = b""
    if sent is not None:
        with sent.stream:
            content = sent.stream.read(count_file_service.LARGEST_FILE + 1)
    if not content or len(content) > count_file_service.LARGEST_FILE:
        flash(_("Choose a CSV file of at most 5 MB."), "danger")
        return _go_on(take.id)
    try:
        outcome = count_file_service.read_counts(
            session, take, content, actor_id=current_user.id, at=clock.now()
        )
    except InvalidInput as error:
        flash(" ".join(text for texts in error.errors.values() for text in texts), "danger")
        return _go_on(take.id)
    flash(ngettext("%(num)d count was saved.", "%(num)d counts were saved.", outcome.noted), "success")
    for number, reason in outcome.problems[:SHOWN_PROBLEMS]:
        flash(_("Line %(number)s: %(reason)s", number=number, reason=reason), "danger")
    return _go_on(take.id)


@bp.get("/stock-takes/<int:take_id>/sheet.csv")
@requires("inventory:stock:read")
def stock_take_sheet(take_id: int) -> flask.Response:
    """Send the sheet to print or to fill in; it is read back as it is."""
    take = stock_take_service.get_stock_take(db.session(), take_id)
    sheet = stock_take_service.select_sheet(take).order_by(*stock_take_service.SHEET_SORTS["title"])
    rows = db.session().execute(sheet)
    columns = [
        Column("sku", "sku", value=lambda row: row[0].sku),
        Column("title", "title", value=lambda row: row[0].title),
        Column("gtin", "gtin", value=lambda row: row[0].gtin or ""),
        Column("expected", "expected", value=lambda row: row[2].expected if row[2] else row.on_hand),
        Column("counted", "counted", value=lambda row: row[2].counted if row[2] else ""),
    ]
    return csv_response(f"stock-take-{take.id}", columns, rows)


@bp.post("/stock-takes/<int:take_id>/booking")
@requires("inventory:stock:update")
def stock_take_book(take_id: int) -> Any:
    """Write the differences into the ledger."""
    session = db.session()
    take = stock_take_service.get_stock_take(session, take_id, for_change=True)
    reason = _("Stock-take %(number)s", number=take.id)
    try:
        with session.begin_nested():
            booked = stock_take_service.book(
                session, take, reason=reason, actor_id=current_user.id, at=clock.now()
            )
    except RuleViolation as refusal:
        flash(str(refusal), "danger")
    else:
        flash(
            ngettext("%(num)d difference was booked.", "%(num)d differences were booked.", booked), "success"
        )
    return _go_on(take_id)


@bp.post("/stock-takes/<int:take_id>/cancellation")
@requires("inventory:stock:update")
def stock_take_cancel(take_id: int) -> Any:
    """Give the stock-take up."""
    take = stock_take_service.get_stock_take(db.session(), take_id, for_change=True)
    stock_take_service.cancel(take, actor_id=current_user.id, at=clock.now())
    flash(_("The stock-take was cancelled. Nothing was booked."), "success")
    return _go_on(take.id)
