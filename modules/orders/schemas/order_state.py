"""The states of an order and every way from one to another, as data: the service asks it, the page draws it."""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from wizamart.i18n import LazyText, lazy_gettext as _, lazy_pgettext


class OrderStatus(enum.StrEnum):
    """Where an order stands."""

    DRAFT = "draft"
    PLACED = "placed"
    PAID = "paid"
    PARTLY_FULFILLED = "partly_fulfilled"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    RETURNED = "returned"

    @property
    def label(self) -> LazyText:
        """The state in words."""
        return _LABELS[self]

    @property
    def tone(self) -> str:
        """The tone of its badge."""
        return _TONES[self]


_LABELS: Final = {
    OrderStatus.DRAFT: lazy_pgettext("order", "Draft"),
    OrderStatus.PLACED: lazy_pgettext("order", "Placed"),
    OrderStatus.PAID: lazy_pgettext("order", "Paid"),
    OrderStatus.PARTLY_FULFILLED: lazy_pgettext("order", "Partly fulfilled"),
    OrderStatus.FULFILLED: lazy_pgettext("order", "Fulfilled"),
    OrderStatus.CANCELLED: lazy_pgettext("order", "Cancelled"),
    OrderStatus.RETURNED: lazy_pgettext("order", "Returned"),
}
_TONES: Final = {
    OrderStatus.DRAFT: "",
    OrderStatus.PLACED: "warn",
    OrderStatus.PAID: "note",
    OrderStatus.PARTLY_FULFILLED: "note",
    OrderStatus.FULFILLED: "good",
    OrderStatus.CANCELLED: "bad",
    OrderStatus.RETURNED: "bad",
}

OPEN: Final = (OrderStatus.PLACED, OrderStatus.PAID, OrderStatus.PARTLY_FULFILLED)
TO_SHIP: Final = (OrderStatus.PAID, OrderStatus.PARTLY_FULFILLED)
SOLD: Final = (*OPEN, OrderStatus.FULFILLED, OrderStatus.RETURNED)
REFUNDABLE: Final = (*TO_SHIP, OrderStatus.FULFILLED, OrderStatus.RETURNED)


class Action(enum.StrEnum):
    """What somebody does to an order."""

    PLACE = "place"
    PAY_PART = "pay_part"
    PAY = "pay"
    FULFIL_PART = "fulfil_part"
    FULFIL = "fulfil"
    CANCEL = "cancel"
    RETURN_PART = "return_part"
    RETURN = "return"

    @property
    def label(self) -> LazyText:
        """The action in words."""
        return _ACTIONS[self]


_ACTIONS: Final = {
    Action.PLACE: lazy_pgettext("order", "Place"),
    Action.PAY_PART: lazy_pgettext("order", "Record a part of the payment"),
    Action.PAY: lazy_pgettext("order", "Record payment"),
    Action.FULFIL_PART: lazy_pgettext("order", "Fulfil a part"),
    Action.FULFIL: lazy_pgettext("order", "Fulfil"),
    Action.CANCEL: lazy_pgettext("order", "Cancel"),
    Action.RETURN_PART: lazy_pgettext("order", "Take a part back"),
    Action.RETURN: lazy_pgettext("order", "Return"),
}


class Facts(NamedTuple):
    """What guards look at; quantities are pieces over all lines, amounts are minor units."""

    lines: int = 0
    has_customer: bool = False
    total_minor: int = 0
    paid_minor: int = 0
    ordered: int = 0
    fulfilled: int = 0
    returned: int = 0


class Guard(NamedTuple):
    """A condition of a transition, and what to say when it does not hold."""

    holds: Callable[[Facts], bool]
    reason: LazyText


HAS_LINES: Final = Guard(lambda facts: facts.lines > 0, _("The order has no lines yet."))
HAS_CUSTOMER: Final = Guard(lambda facts: facts.has_customer, _("The order has no customer yet."))
IS_PAID: Final = Guard(
    lambda facts: facts.paid_minor >= facts.total_minor, _("The order is not paid in full yet.")
)
PARTLY_PAID: Final = Guard(
    lambda facts: 0 < facts.paid_minor < facts.total_minor,
    _("A part is more than nothing and less than all."),
)
SOMETHING_SENT: Final = Guard(
    lambda facts: 0 < facts.fulfilled < facts.ordered, _("A part is more than nothing and less than all.")
)
ALL_SENT: Final = Guard(
    lambda facts: facts.fulfilled == facts.ordered, _("Some pieces have not been sent yet.")
)
NOTHING_SENT: Final = Guard(
    lambda facts: facts.fulfilled == 0, _("Some pieces have been sent already; take them back instead.")
)
PARTLY_BACK: Final = Guard(
    lambda facts: 0 < facts.returned < facts.ordered, _("A part is more than nothing and less than all.")
)
ALL_BACK: Final = Guard(
    lambda facts: facts.returned == facts.ordered, _("Some pieces have not come back yet.")
)


@dataclass(frozen=True, slots=True)
class Transition:
    """One way: the action leads from any of the sources to the target if every guard holds."""

    action: Action
    sources: tuple[OrderStatus, ...]
    target: OrderStatus
    guards: tuple[Guard, ...] = field(default=())


TRANSITIONS: Final = (
    Transition(Action.PLACE, (OrderStatus.DRAFT,), OrderStatus.PLACED, (HAS_LINES, HAS_CUSTOMER)),
    Transition(Action.PAY_PART, (OrderStatus.PLACED,), OrderStatus.PLACED, (PARTLY_PAID,)),
    Transition(Action.PAY, (OrderStatus.PLACED,), OrderStatus.PAID, (IS_PAID,)),
    Transition(
        Action.FULFIL_PART,
        (OrderStatus.PAID, OrderStatus.PARTLY_FULFILLED),
        OrderStatus.PARTLY_FULFILLED,
        (SOMETHING_SENT,),
    ),
    Transition(
        Action.FULFIL,
        (OrderStatus.PAID, OrderStatus.PARTLY_FULFILLED),
        OrderStatus.FULFILLED,
        (ALL_SENT,),
    ),
    Transition(
        Action.CANCEL,
        (OrderStatus.DRAFT, OrderStatus.PLACED, OrderStatus.PAID),
        OrderStatus.CANCELLED,
        (NOTHING_SENT,),
    ),
    Transition(
        Action.RETURN_PART,
        (OrderStatus.PARTLY_FULFILLED,),
        OrderStatus.PARTLY_FULFILLED,
        (PARTLY_BACK,),
    ),
    Transition(Action.RETURN_PART, (OrderStatus.FULFILLED,), OrderStatus.FULFILLED, (PARTLY_BACK,)),
    Transition(Action.RETURN, (OrderStatus.FULFILLED,), OrderStatus.RETURNED, (ALL_BACK,)),
)
BY_SOURCE: Final[Mapping[tuple[OrderStatus, Action], Transition]] = {
    (source, transition.action): transition for transition in TRANSITIONS for source in transition.sources
}


def find_transition(status: OrderStatus, action: Action) -> Transition | None:
    """Return the way that an action leads from a state, or None where there is none."""
    return BY_SOURCE.get((status, action))


def is_open(status: OrderStatus, action: Action) -> bool:
    """Tell whether an action leads anywhere from a state, guards aside."""
    return (status, action) in BY_SOURCE


def unmet(transition: Transition, facts: Facts) -> list[LazyText]:
    """Return the reasons that forbid a transition, all of them."""
    return [guard.reason for guard in transition.guards if not guard.holds(facts)]
