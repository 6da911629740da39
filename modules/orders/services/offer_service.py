"""What is offered under a reference now, by the modules in effect, through `orders.line_lookup`.

A provider is called with `(session, *, platform_id, references)` and returns dicts with what `Offer` names; what is
not sold to customers now does not come back.
"""

import logging
from collections.abc import Sequence

from pydantic import ValidationError
from sqlalchemy.orm import Session

from modules.orders.services.basket import Offer
from wizamart.module_system.manager import current_manager

log = logging.getLogger(__name__)
HOOK = "orders.line_lookup"


def look_up(session: Session, references: Sequence[str], *, platform_id: int) -> dict[str, Offer]:
    """Return what is offered, by reference; an answer that says too little is logged and left out."""
    if not references:
        return {}
    manager = current_manager()
    answers = manager.contributions.collect(
        HOOK,
        manager.state_of(session, platform_id),
        session,
        platform_id=platform_id,
        references=list(references),
    )
    found: dict[str, Offer] = {}
    for code, lines in answers:
        for line in lines:
            try:
                offer = Offer.model_validate(line)
            except ValidationError:
                log.exception("offer_refused", extra={"hook": HOOK, "module_code": code})
            else:
                found[offer.reference] = offer
    return found
