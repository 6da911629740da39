"""The dashboards: what the modules in effect contribute, cut to what the person may see."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from modules.core.schemas.dashboard import DashboardCard
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.manager import current_manager
from wizamart.module_system.state import ModuleState

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Dashboard:
    """What a dashboard shows: numbers, and what waits for somebody."""

    cards: tuple[DashboardCard, ...]
    todos: tuple[DashboardCard, ...]


def build_dashboard(
    session: Session,
    state: ModuleState,
    *,
    platform_id: int,
    vendor_id: int | None,
    frontend: FrontendType,
    permissions: frozenset[str],
    is_closed: Callable[[str], bool],
) -> Dashboard:
    """Ask the modules in effect for their cards; one that fails is logged and left out, as is what leads nowhere.

    `is_closed` tells of an address whether a subscription keeps the person from it.
    """
    answers = current_manager().contributions.collect(
        "core.dashboard_card",
        state,
        session,
        platform_id=platform_id,
        vendor_id=vendor_id,
        frontend=frontend,
    )
    seen = [
        card
        for code, answer in answers
        for card in _cards_in(code, answer)
        if (card.permission is None or card.permission in permissions)
        and not (card.url is not None and is_closed(card.url))
    ]
    return Dashboard(
        cards=tuple(card for card in seen if not card.todo),
        todos=tuple(card for card in seen if card.todo and card.value),
    )


def _cards_in(code: str, answer: Any) -> Iterator[DashboardCard]:
    """Yield the cards of an answer; what is none is the provider's fault, and hurts nobody else."""
    cards: Iterable[Any] = answer if isinstance(answer, (list, tuple)) else (answer,)
    for card in cards:
        if isinstance(card, DashboardCard):
            yield card
        elif card is not None:
            log.error("contribution_failed", extra={"hook": "core.dashboard_card", "module_code": code})


def home_sections(
    session: Session, state: ModuleState, *, platform_id: int, vendor_id: int | None
) -> list[dict[str, Any]]:
    """Return the sections of the storefront's home, `{"template", "context"}`, in their order."""
    answers = current_manager().contributions.collect(
        "storefront.home_section", state, session, platform_id=platform_id, vendor_id=vendor_id
    )
    sections = [section for _code, section in answers if section and isinstance(section, dict)]
    return sorted(sections, key=lambda section: int(section.get("order", 100)))


def navigation(
    session: Session, state: ModuleState, *, platform_id: int, placement: str
) -> list[dict[str, Any]]:
    """Return the storefront's links for the header or the footer, in their order."""
    answers = current_manager().contributions.collect(
        "storefront.navigation", state, session, platform_id=platform_id, placement=placement
    )
    links = [
        link
        for _code, found in answers
        for link in (found if isinstance(found, (list, tuple)) else ())
        if isinstance(link, dict)
    ]
    return sorted(links, key=lambda link: int(link.get("order", 100)))
