"""Notes about orders, and the history with the names of who did what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.orders.models.happening import HistoryEntry, OrderNote
from modules.orders.models.order import Order
from modules.orders.schemas.order import NoteForm
from modules.orders.schemas.order_state import Action
from modules.orders.services import step_service
from modules.orders.services.step_service import Step
from wizamart.auth.models import User
from wizamart.i18n import LazyText, format_money, gettext as _, lazy_gettext, ngettext

_TITLES: Final[dict[str, LazyText]] = {
    "create": lazy_gettext("Draft created"),
    "take": lazy_gettext("Payment asked for"),
    Action.PAY_PART: lazy_gettext("Payment recorded"),
    "give_back": lazy_gettext("Refund asked for"),
    "refund": lazy_gettext("Money went back"),
    "refund_failed": lazy_gettext("Money did not go back"),
    Action.RETURN_PART: lazy_gettext("Some pieces came back"),
    Action.PLACE: lazy_gettext("Order placed"),
    Action.PAY: lazy_gettext("Paid in full"),
    Action.FULFIL_PART: lazy_gettext("A part was sent"),
    Action.FULFIL: lazy_gettext("Everything was sent"),
    Action.CANCEL: lazy_gettext("Order cancelled"),
    Action.RETURN: lazy_gettext("Everything came back"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, in words."""

    at: datetime
    text: str | LazyText
    detail: str = ""


def add_note(session: Session, order_id: int, form: NoteForm, step: Step) -> Order:
    """Write a note; the same form sent again writes none. A note changes nothing else of the order."""
    order = step_service.begin(session, order_id, Step(step.at, step.actor_id)).order
    if step.form_key is not None:
        known = sa.select(OrderNote.id).where(
            OrderNote.order_id == order_id, OrderNote.form_key == step.form_key
        )
        if session.scalar(known) is not None:
            return order
    session.add(
        OrderNote(
            platform_id=order.platform_id,
            vendor_id=order.vendor_id,
            order_id=order.id,
            form_key=step.form_key,
            author_id=step.actor_id,
            written_at=step.at,
            **form.model_dump(),
        )
    )
    return order


def list_notes(session: Session, order: Order, *, for_customer: bool = False) -> Sequence[OrderNote]:
    """Return the notes of an order, newest first; for the customer only those they may read."""
    query = sa.select(OrderNote).where(OrderNote.order_id == order.id).order_by(OrderNote.id.desc())
    return session.scalars(query.where(OrderNote.is_for_customer) if for_customer else query).all()


def list_events(session: Session, order: Order) -> list[Event]:
    """Return the history and the notes together, newest first, with names."""
    history = session.scalars(sa.select(HistoryEntry).where(HistoryEntry.order_id == order.id)).all()
    notes = list_notes(session, order)
    names = _names_of(session, {*(row.actor_id for row in history), *(row.author_id for row in notes)})
    events = [
        (
            entry.occurred_at,
            entry.id,
            Event(
                entry.occurred_at,
                _TITLES.get(entry.action, entry.action),
                " · ".join(
                    filter(None, (_details_of(entry, order.currency), entry.note, names.get(entry.actor_id)))
                ),
            ),
        )
        for entry in history
    ]
    for note in notes:
        who = names.get(note.author_id, "")
        title = _("Note for the customer") if note.is_for_customer else _("Note")
        text = " · ".join(filter(None, (note.text, who)))
        events.append((note.written_at, note.id, Event(note.written_at, title, text)))
    return [event for _at, _id, event in sorted(events, key=lambda item: item[:2], reverse=True)]


def _details_of(entry: HistoryEntry, currency: str) -> str:
    pieces = entry.details.get("pieces")
    parts = [ngettext("%(num)d piece", "%(num)d pieces", pieces) if pieces else ""]
    if number := entry.details.get("tracking_number"):
        parts.append(_("Tracking %(number)s", number=number))
    if amount := entry.details.get("amount_minor"):
        parts.append(format_money(abs(amount), currency))
    return " · ".join(filter(None, parts))


def _names_of(session: Session, ids: Iterable[int | None]) -> dict[int | None, str]:
    wanted = [one for one in ids if one is not None]
    if not wanted:
        return {}
    query = sa.select(User.id, User.display_name).where(User.id.in_(wanted))
    return {row.id: row.display_name for row in session.execute(query)}
