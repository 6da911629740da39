"""Segments: kept as rules, and asked of the database each time, so that they are never out of date."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.customers.exceptions import SegmentIncomplete, SegmentNotFound
from modules.customers.models.customer import IS_PERSON, Customer, CustomerVendor
from modules.customers.models.segment import Segment, SegmentCount
from modules.customers.schemas.segment import Choice, Match, RuleContext, SegmentRule
from wizamart import audit
from wizamart.exceptions import InvalidInput
from wizamart.i18n import gettext as _
from wizamart.invisible import shows_nothing
from wizamart.module_system.manager import current_manager
from wizamart.platforms import Platform, scoped

HOOK = "customers.segment_rule"
TREND = dt.timedelta(days=30)
Rules = Mapping[str, SegmentRule]


def list_rules(session: Session, *, platform_id: int, vendor_id: int | None) -> dict[str, SegmentRule]:
    """Return the rules that the modules in effect provide, by code."""
    manager = current_manager()
    answers = manager.contributions.collect(HOOK, manager.state_of(session, platform_id))
    rules = [rule for _code, found in answers for rule in found if isinstance(rule, SegmentRule)]
    return {rule.code: rule for rule in rules if vendor_id is None or rule.is_for_vendors}


def label_of(code: str) -> str:
    """Return the name of a rule, of a module that is off too, with the module's name."""
    manager = current_manager()
    for contribution in manager.contributions.installed(HOOK):
        for rule in contribution.provide():
            if rule.code == code:
                module = manager.registry[contribution.module_code]
                return _("%(rule)s (module %(module)s)", rule=str(rule.label), module=str(module.name))
    return code


def make_context(
    session: Session, *, platform_id: int, vendor_id: int | None, at: dt.datetime
) -> RuleContext:
    """Return for whom and when rules are asked."""
    platform = session.get(Platform, platform_id)
    currency, zone = (platform.currency, platform.time_zone) if platform else ("EUR", "UTC")
    return RuleContext(platform_id, vendor_id, currency, at, ZoneInfo(zone))


def choices_of(segment: Segment) -> list[Choice]:
    """Return the rules that a segment keeps."""
    return [Choice.from_json(stored) for stored in segment.rules]


def list_missing(choices: Sequence[Choice], rules: Rules) -> list[str]:
    """Return the names of the rules that nobody provides at the moment."""
    return [label_of(code) for code in dict.fromkeys(choice.code for choice in choices) if code not in rules]


def build_condition(choices: Sequence[Choice], match: Match, rules: Rules, context: RuleContext) -> Any:
    """Return the condition on `Customer` that the rules come to; without a rule it holds for everybody.

    :raises SegmentIncomplete: when a rule is nobody's at the moment.
    """
    missing = list_missing(choices, rules)
    if missing:
        raise SegmentIncomplete(rules=", ".join(missing))
    conditions = [_condition(choice, rules[choice.code], context) for choice in choices]
    if not conditions:
        return sa.true()
    return sa.and_(*conditions) if match is Match.ALL else sa.or_(*conditions)


def _condition(choice: Choice, rule: SegmentRule, context: RuleContext) -> Any:
    found = rule.select(context, choice.value).subquery()
    known = sa.select(found.c[0]).where(found.c[0].is_not(None))  # NOT IN with a NULL would hold for nobody
    return Customer.id.not_in(known) if choice.is_without else Customer.id.in_(known)


def count_matching(session: Session, choices: Sequence[Choice], match: Match, context: RuleContext) -> int:
    """Count the customers for whom the rules hold now.

    :raises SegmentIncomplete: when a rule is nobody's at the moment.
    """
    rules = list_rules(session, platform_id=context.platform_id, vendor_id=context.vendor_id)
    query = sa.select(sa.func.count(Customer.id)).where(
        IS_PERSON, build_condition(choices, match, rules, context)
    )
    if context.vendor_id is not None:
        links = sa.select(CustomerVendor.customer_id).where(CustomerVendor.vendor_id == context.vendor_id)
        query = query.where(Customer.id.in_(links))
    return session.scalar(query) or 0


def build_query(*, vendor_id: int | None) -> sa.Select[Any]:
    """Return the statement of the segments of the platform, or of a vendor."""
    return sa.select(Segment).where(Segment.vendor_id == vendor_id)


def list_segments(session: Session, *, vendor_id: int | None) -> Sequence[Segment]:
    """Return the segments by name."""
    return session.scalars(build_query(vendor_id=vendor_id).order_by(Segment.name, Segment.id)).all()


def get_segment(session: Session, segment_id: int, *, vendor_id: int | None) -> Segment:
    """Return a segment of whoever asks.

    :raises SegmentNotFound: when there is none, or it is another's.
    """
    query = build_query(vendor_id=vendor_id).where(Segment.id == segment_id)
    segment: Segment | None = session.scalars(query).one_or_none()
    if segment is None:
        raise SegmentNotFound
    return segment


def create_segment(
    session: Session, name: str, choices: Sequence[Choice], match: Match, *, context: RuleContext
) -> Segment:
    """Keep a segment, and how many customers it has today.

    :raises InvalidInput: when it has no name or no rule, or the name is taken.
    """
    segment = Segment(
        platform_id=context.platform_id,
        vendor_id=context.vendor_id,
        created_at=context.now,
        rules=[],
        match=match,
    )
    _fill(session, segment, name, choices, match=match, context=context)
    session.add(segment)
    session.flush()  # the count needs the id
    record_count(session, segment, context)
    return segment


def update_segment(
    session: Session,
    segment: Segment,
    name: str,
    choices: Sequence[Choice],
    match: Match,
    *,
    context: RuleContext,
) -> None:
    """Change a segment; the counts of earlier days were those of other rules and go.

    :raises InvalidInput: when it has no name or no rule, or the name is taken.
    """
    before = (segment.rules, segment.match)
    _fill(session, segment, name, choices, match=match, context=context)
    if before != (segment.rules, segment.match):
        session.execute(sa.delete(SegmentCount).where(SegmentCount.segment_id == segment.id))
    record_count(session, segment, context)


def delete_segment(session: Session, segment: Segment, *, actor_id: int | None, at: dt.datetime) -> None:
    """Delete a segment; its customers stay what they are."""
    audit.record(
        session,
        action="customers.segment.delete",
        target=f"segment:{segment.id}",
        before={"name": segment.name, "match": segment.match, "rules": segment.rules},
        actor_id=actor_id,
        platform_id=segment.platform_id,
        at=at,
    )
    session.delete(segment)


def list_faults_of_name(
    session: Session, name: str, *, vendor_id: int | None, segment_id: int | None
) -> dict[str, list[str]]:
    """Return what is wrong with the name of a segment, by field."""
    name = name.strip()
    if shows_nothing(name) or len(name) > 80:  # noqa: PLR2004 - the length of the column
        return {"name": [_("Write a name of at most 80 characters.")]}
    query = build_query(vendor_id=vendor_id).where(
        sa.func.lower(Segment.name) == name.lower(), Segment.id != (segment_id or 0)
    )
    return {"name": [_("Another segment has this name.")]} if session.scalars(query).first() else {}


def _fill(
    session: Session,
    segment: Segment,
    name: str,
    choices: Sequence[Choice],
    *,
    match: Match,
    context: RuleContext,
) -> None:
    name = name.strip()
    errors = list_faults_of_name(session, name, vendor_id=context.vendor_id, segment_id=segment.id)
    if not choices:
        errors["rules"] = [_("A segment needs at least one rule.")]
    if errors:
        raise InvalidInput(errors)
    segment.name, segment.match, segment.updated_at = name, match, context.now
    segment.rules = [choice.as_json() for choice in choices]


def record_count(session: Session, segment: Segment, context: RuleContext) -> None:
    """Keep how many customers a segment has today; with a rule missing nothing is kept."""
    try:
        count = count_matching(session, choices_of(segment), Match(segment.match), context)
    except SegmentIncomplete:
        return
    today = context.now.astimezone(context.zone).date()
    query = sa.select(SegmentCount).where(SegmentCount.segment_id == segment.id, SegmentCount.day == today)
    row = session.scalars(query).one_or_none()
    if row is None:
        row = SegmentCount(platform_id=segment.platform_id, segment_id=segment.id, day=today)
        session.add(row)
    row.customers = count


def record_counts(session: Session, *, platform_id: int, at: dt.datetime) -> int:
    """Keep today's counts of all segments of a platform; return of how many."""
    segments = session.scalars(sa.select(Segment).order_by(Segment.id)).all()
    for segment in segments:
        with scoped(session, platform_id, segment.vendor_id):
            context = make_context(session, platform_id=platform_id, vendor_id=segment.vendor_id, at=at)
            record_count(session, segment, context)
    return len(segments)


def list_counts(session: Session, segment_ids: Sequence[int], *, at: dt.datetime) -> dict[int, list[int]]:
    """Return the counts of the last days of these segments, oldest first, in one query."""
    found: dict[int, list[int]] = {segment_id: [] for segment_id in segment_ids}
    query = sa.select(SegmentCount).where(
        SegmentCount.segment_id.in_(segment_ids), SegmentCount.day > (at - TREND).date()
    )
    for row in session.scalars(query.order_by(SegmentCount.segment_id, SegmentCount.day)):
        found[row.segment_id].append(row.customers)
    return found
