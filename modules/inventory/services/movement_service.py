"""Movements that a person enters by hand."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import sqlalchemy as sa
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


def enter(
    session: Session, form: MovementForm, *, actor_id: int | None, at: datetime, form_key: str | None = None
) -> bool:
    """Write what a form says into the ledger; False when the form with this key was booked before.

    :raises InvalidInput: for what the form lacks.
    :raises OutOfStock: when there is too little.
    """
    if form_key is not None:
        stock_service.lock_variants(session, [form.variant_id])  # whoever sends the same form waits here
        if session.scalar(sa.select(sa.exists().where(Movement.form_key == form_key))):
            return False
    first = _act(session, form, actor_id=actor_id, at=at)
    if first is not None:
        first.form_key = form_key
    return True


def _act(session: Session, form: MovementForm, *, actor_id: int | None, at: datetime) -> Movement | None:
    """Do what a form says; returns the first line it makes in the ledger, if it makes one."""
    if form.kind == "transfer":
        if form.target_id is None:
            raise InvalidInput({"target_id": [_("Choose where the goods go.")]})
        out, _into = stock_service.transfer(
            session,
            form.variant_id,
            form.quantity,
            source_id=form.location_id,
            target_id=form.target_id,
            at=at,
            actor_id=actor_id,
            reason=form.reason,
        )
        return out
    act: Act = ACTS[form.kind]
    return act(
        session,
        form.variant_id,
        form.quantity,
        location_id=form.location_id,
        at=at,
        actor_id=actor_id,
        reason=form.reason,
    )
