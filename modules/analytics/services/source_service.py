"""Asking the modules in effect what was sold."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy.orm import Session

from modules.analytics.schemas.period import Period
from modules.analytics.schemas.sales import ContributedSales, Figures
from wizamart.module_system.manager import current_manager
from wizamart.module_system.state import ModuleState

log = logging.getLogger(__name__)
HOOK: Final = "analytics.daily_sales"


@dataclass(frozen=True, slots=True)
class SourceDay:
    """What one source sold on a day in a currency."""

    source: str
    day: date
    currency: str
    figures: Figures


def list_sources(state: ModuleState) -> list[str]:
    """Return the modules in effect that contribute sales."""
    return [one.module_code for one in current_manager().contributions.providers(HOOK, state)]


def collect_days(
    session: Session, state: ModuleState, *, vendor_id: int | None, period: Period
) -> list[SourceDay]:
    """Ask every source for its days; one that fails is logged and left out, as it must not break a page."""
    answers = current_manager().contributions.collect(
        HOOK,
        state,
        session,
        platform_id=state.platform_id,
        vendor_id=vendor_id,
        start=period.start,
        end=period.end,
    )
    found: list[SourceDay] = []
    for code, lines in answers:
        try:
            found += _read(code, lines, period)
        except ValidationError:
            log.exception("contribution_failed", extra={"hook": HOOK, "module_code": code})
    return found


def demand_days(
    session: Session, state: ModuleState, *, vendor_id: int | None, period: Period
) -> list[SourceDay]:
    """Ask every source for its days and fail if one fails: what is stored must be complete.

    :raises ValidationError: when a source contributes something else than sales.
    """
    found: list[SourceDay] = []
    for one in current_manager().contributions.providers(HOOK, state):
        lines = one.provide(
            session, platform_id=state.platform_id, vendor_id=vendor_id, start=period.start, end=period.end
        )
        found += _read(one.module_code, lines or (), period)
    return found


def _read(code: str, lines: Iterable[Any], period: Period) -> list[SourceDay]:
    """Return a source's lines, those of the same day and currency added up and strangers to the period left out."""
    added: dict[tuple[date, str], Figures] = {}
    for raw in lines:
        line = ContributedSales.model_validate(raw)
        if period.start <= line.day <= period.end:
            key = (line.day, line.currency)
            figures = Figures(orders=line.orders, units=line.units, gross=line.gross_minor)
            added[key] = added.get(key, Figures()) + figures
    return [SourceDay(code, day, currency, figures) for (day, currency), figures in added.items()]
