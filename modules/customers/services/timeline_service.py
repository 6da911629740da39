"""A customer's timeline: what the modules in effect know of them, newest first."""

from sqlalchemy.orm import Session

from modules.customers.schemas.timeline import TimelineEntry
from modules.customers.services import merge_service
from wizamart.module_system.manager import current_manager

LONGEST = 100


def list_entries(session: Session, *, platform_id: int, customer_id: int) -> list[TimelineEntry]:
    """Ask the providers of `customers.timeline`, for the rows merged into this one too; one that fails is left out."""
    manager = current_manager()
    state = manager.state_of(session, platform_id)
    entries = []
    for one in (customer_id, *merge_service.list_absorbed(session, customer_id)):
        answers = manager.contributions.collect(
            "customers.timeline", state, session, platform_id=platform_id, customer_id=one
        )
        entries += [entry for _code, found in answers for entry in found if isinstance(entry, TimelineEntry)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:LONGEST]
