"""Movements that a person enters by hand."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from modules.inventory.models.stock import Movement
from modules.inventory.schemas.stock import MovementForm
from modules.inventory.services import stock_service
from wizamart.exceptions import InvalidInput
from wizamart.i18n import gettext as _

Act = Callable[..., Movement | None]
ACTS: Final[dict[str, Act]] = {
    "receipt": stock_service.receive,
    "sale": stock_service.sell,
    "return": stock_service.return_,
    "correction": stock_service.correct,
}


def enter(session: Session, form: MovementForm, *, actor_id: int | None, at: datetime) -> None:
    """Write what a form says into the ledger.

    :raises InvalidInput: for what the form lacks.
    :raises OutOfStock: when there is too little.
    """
    if form.kind == "transfer":
        if form.target_id is None:
            raise InvalidInput({"target_id": [_("Choose where the goods go.")]})
        stock_service.transfer(
            session,
            form.variant_id,
            form.quantity,
            source_id=form.location_id,
            target_id=form.target_id,
            at=at,
            actor_id=actor_id,
            reason=form.reason,
        )
        return
    act: Act = ACTS[form.kind]
    act(
        session,
        form.variant_id,
        form.quantity,
        location_id=form.location_id,
        at=at,
        actor_id=actor_id,
        reason=form.reason,
    )
