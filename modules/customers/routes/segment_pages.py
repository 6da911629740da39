"""Segments as both portals show them: list, members, builder."""

from typing import Any

from flask import flash, request
from flask_login import current_user

from modules.customers.exceptions import SegmentIncomplete
from modules.customers.routes import customer_table
from modules.customers.routes.area import Area
from modules.customers.routes.segment_form import Builder, build_rows, read_builder
from modules.customers.routes.segment_words import describe, options_of
from modules.customers.schemas.segment import Match, RuleContext
from modules.customers.services import segment_service
from wizamart import clock
from wizamart.database import db, hold_row
from wizamart.exceptions import InvalidInput
from wizamart.i18n import gettext as _, lazy_gettext, lazy_pgettext
from wizamart.module_system.config_errors import FORM
from wizamart.platform_context import current_platform
from wizamart.web.forms import CHANGED_MEANWHILE, VERSION, fingerprint, is_outdated
from wizamart.web.htmx import go_to
from wizamart.web.tables import Column, Table


def _context(area: Area) -> RuleContext:
    return segment_service.make_context(
        db.session(), platform_id=current_platform.id, vendor_id=area.vendor_id, at=clock.now()
    )


def _rules(area: Area) -> Any:
    return segment_service.list_rules(db.session(), platform_id=current_platform.id, vendor_id=area.vendor_id)


def _load(area: Area, segment_id: int) -> Any:
    return segment_service.get_segment(db.session(), segment_id, vendor_id=area.vendor_id)


def show_list(area: Area) -> str:
    """Return the segments with what they ask and how many customers they had last."""
    session = db.session()
    query = segment_service.build_query(vendor_id=area.vendor_id)
    table = Table.from_select(
        session,
        query,
        columns=[
            Column("name", lazy_gettext("Segment"), sort=query.selected_columns.name),
            Column("rules", lazy_gettext("Rules")),
            Column("customers", lazy_gettext("Customers"), align="end"),
            Column("updated_at", lazy_pgettext("segment", "Changed"), sort=query.selected_columns.updated_at),
        ],
        search=[query.selected_columns.name],
        default_sort="name",
    )
    rules, context = _rules(area), _context(area)
    words = {row.id: describe(session, segment_service.choices_of(row), rules, context) for row in table.rows}
    counts = segment_service.list_counts(session, [row.id for row in table.rows], at=context.now)
    return area.render("segment_list.html", table=table, words=words, counts=counts, matches=Match)


def show(area: Area, segment_id: int) -> str:
    """Return who is in a segment now, and how many were on the days before."""
    session, segment = db.session(), _load(area, segment_id)
    rules, context, choices = _rules(area), _context(area), segment_service.choices_of(segment)
    condition = customer_table.segment_condition(session, area, segment)
    return area.render(
        "segment_detail.html",
        segment=segment,
        table=customer_table.load_table(session, area, condition=condition),
        words=describe(session, choices, rules, context),
        missing=segment_service.list_missing(choices, rules),
        counts=segment_service.list_counts(session, [segment.id], at=context.now)[segment.id],
        match=Match(segment.match),
    )


def export(area: Area, segment_id: int) -> Any:
    """Return who is in a segment as a file; of one that cannot be asked, the reason."""
    session, segment = db.session(), _load(area, segment_id)
    missing = segment_service.list_missing(segment_service.choices_of(segment), _rules(area))
    if missing:
        raise SegmentIncomplete(rules=", ".join(missing))
    condition = customer_table.segment_condition(session, area, segment)
    return customer_table.export(session, area, condition=condition, name=f"segment-{segment.id}")


def show_new(area: Area) -> str:
    """Return an empty builder."""
    builder = Builder()
    builder.add_row(_rules(area))
    return _page(area, builder, None)


def show_edit(area: Area, segment_id: int) -> str:
    """Return the builder with a segment's rules."""
    segment = _load(area, segment_id)
    rows = build_rows(segment_service.choices_of(segment), _rules(area), current_platform.currency)
    return _page(area, Builder(segment.name, Match(segment.match), rows), segment)


def show_draft(area: Area, segment_id: int | None) -> str:
    """Return the builder as it was sent, after the step that was asked for."""
    segment = _load(area, segment_id) if segment_id is not None else None
    return _page(area, _sent(area, segment), segment, is_draft=True)


def create(area: Area) -> Any:
    """Keep a new segment, or show the builder with what is wrong."""
    builder = _sent(area, None)
    choices = builder.choices(current_platform.currency)
    if choices is not None:
        try:
            segment = segment_service.create_segment(
                db.session(), builder.name, choices, builder.match, context=_context(area)
            )
        except InvalidInput as error:
            builder.errors = error.errors
        else:
            flash(_("The segment %(name)s is kept.", name=segment.name), "success")
            return go_to(area.url("segment_detail", segment_id=segment.id))
    else:
        builder.errors = _faults_besides(area, builder, None)
    return _page(area, builder, None), 422


def update(area: Area, segment_id: int) -> Any:
    """Change a segment, or show the builder with what is wrong."""
    segment = _load(area, segment_id)
    hold_row(segment)
    builder = _sent(area, segment)
    if is_outdated(request.form, _version(segment)):
        builder.errors = {FORM: [str(CHANGED_MEANWHILE)]}
        return _page(area, builder, segment), 422
    choices = builder.choices(current_platform.currency)
    if choices is not None:
        try:
            segment_service.update_segment(
                db.session(), segment, builder.name, choices, builder.match, context=_context(area)
            )
        except InvalidInput as error:
            builder.errors = error.errors
        else:
            flash(_("The changes were saved."), "success")
            return go_to(area.url("segment_detail", segment_id=segment.id))
    else:
        builder.errors = _faults_besides(area, builder, segment)
    return _page(area, builder, segment), 422


def delete(area: Area, segment_id: int) -> Any:
    """Delete a segment."""
    segment = _load(area, segment_id)
    segment_service.delete_segment(db.session(), segment, actor_id=current_user.id, at=clock.now())
    flash(_("The segment %(name)s is gone.", name=segment.name), "success")
    return go_to(area.url("segment_list"))


def _faults_besides(area: Area, builder: Builder, segment: Any) -> dict[str, list[str]]:
    """Return what the summary says where a rule is not finished: that, and what is wrong with the name."""
    vendor_id, segment_id = _context(area).vendor_id, segment.id if segment is not None else None
    faults = segment_service.list_faults_of_name(
        db.session(), builder.name, vendor_id=vendor_id, segment_id=segment_id
    )
    return {**faults, "rules": [_("Finish each rule, or take it away.")]}


def _sent(area: Area, segment: Any) -> Builder:
    stored = segment_service.choices_of(segment) if segment is not None else []
    return read_builder(request.form, _rules(area), stored)


def _version(segment: Any) -> str:
    """Return what the stored segment is recognised by; a new one has nothing to be recognised by."""
    stored = (segment.name, segment.match, segment.rules) if segment is not None else ()
    return fingerprint({"segment": stored})


def _page(area: Area, builder: Builder, segment: Any, *, is_draft: bool = False) -> str:
    session, rules = db.session(), _rules(area)
    values = {"segment_id": segment.id} if segment is not None else {}
    return area.render(
        "segment_form.html",
        builder=builder,
        segment=segment,
        rules=rules,
        options=options_of(session, rules, _context(area)),
        count=_count(area, builder),
        matches=Match,
        version=request.form.get(VERSION) if is_draft else _version(segment),
        labels={row.code: segment_service.label_of(row.code) for row in builder.rows if row.rule is None},
        draft_url=area.url("segment_redraft" if segment is not None else "segment_draft", **values),
        save_url=area.url("segment_update" if segment is not None else "segment_create", **values),
    )


def _count(area: Area, builder: Builder) -> int | None:
    """Return how many customers there are for the rules that are finished; None when that cannot be said."""
    finished = builder.finished(current_platform.currency)
    if not finished:
        return None
    try:
        return segment_service.count_matching(db.session(), finished, builder.match, _context(area))
    except SegmentIncomplete:
        return None
