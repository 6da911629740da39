"""A customer's timeline: what the modules in effect know of them, newest first."""

from sqlalchemy.orm import Session

from modules.customers.schemas.timeline import TimelineEntry
from wizamart.module_system.manager import current_manager

LONGEST = 100


def list_entries(session: Session, *, platform_id: int, customer_id: int) -> list[TimelineEntry]:
    """Ask the providers of `customers.timeline`; one that fails is logged and left out."""
    manager = current_manager()
    answers = manager.contributions.collect(
        "customers.timeline",
        manager.state_of(session, platform_id),
        session,
        platform_id=platform_id,
        customer_id=customer_id,
    )
    entries = [entry for _code, found in answers for entry in found if isinstance(entry, TimelineEntry)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:LONGEST]
