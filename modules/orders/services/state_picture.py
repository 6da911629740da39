"""The state machine as a picture: where its boxes and arrows stand; the template only draws them. Pure."""

from dataclasses import dataclass
from typing import Final

from modules.orders.schemas.order_state import TRANSITIONS, OrderStatus
from wizamart.i18n import LazyText

WIDTH: Final = 300
HEIGHT: Final = 322
BOX_WIDTH: Final = 136
BOX_HEIGHT: Final = 30
STEP: Final = 56
LEFT: Final = 26
_MAIN: Final = (
    OrderStatus.DRAFT,
    OrderStatus.PLACED,
    OrderStatus.PAID,
    OrderStatus.PARTLY_FULFILLED,
    OrderStatus.FULFILLED,
    OrderStatus.RETURNED,
)
_SIDE_LEFT: Final = 190
_SIDE_WIDTH: Final = 108


@dataclass(frozen=True, slots=True)
class Box:
    """A state; `is_next` says that one step leads there from the present one."""

    status: OrderStatus
    x: int
    y: int
    width: int
    is_current: bool
    is_next: bool

    @property
    def label(self) -> LazyText:
        """The state in words."""
        return self.status.label


@dataclass(frozen=True, slots=True)
class Arrow:
    """A transition as the path of an SVG."""

    path: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """All boxes and arrows."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    width: int = WIDTH
    height: int = HEIGHT
    box_height: int = BOX_HEIGHT


def draw(current: OrderStatus) -> Picture:
    """Return the picture of every state and transition, with the present one marked."""
    following = {way.target for way in TRANSITIONS if current in way.sources} - {current}
    boxes = tuple(
        Box(status, *_place(status), is_current=status is current, is_next=status in following)
        for status in OrderStatus
    )
    arrows = tuple(
        Arrow(_path(source, way.target), is_open=source is current)
        for way in TRANSITIONS
        for source in way.sources
    )
    return Picture(boxes, arrows)


def _place(status: OrderStatus) -> tuple[int, int, int]:
    """Return left, top and width: the usual way goes down, what ends it early stands beside."""
    if status in _MAIN:
        return LEFT, 6 + STEP * _MAIN.index(status), BOX_WIDTH
    return _SIDE_LEFT, 6 + STEP, _SIDE_WIDTH


def _path(source: OrderStatus, target: OrderStatus) -> str:
    x, y, width = _place(source)
    to_x, to_y, _to_width = _place(target)
    middle, to_middle = y + BOX_HEIGHT // 2, to_y + BOX_HEIGHT // 2
    if source is target:
        right = x + width
        return f"M{right},{middle - 7} c26,-8 26,22 3,14"
    if target not in _MAIN:
        aside = (y - to_y) // 7  # the arrows from three boxes end beside each other
        return f"M{x + width},{middle} L{to_x - 3},{to_middle + aside}"
    if to_y - y == STEP:
        center = x + width // 2
        return f"M{center},{y + BOX_HEIGHT} L{center},{to_y - 3}"
    return f"M{x},{middle} C{x - 28},{middle + 20} {x - 28},{to_middle - 20} {x - 3},{to_middle}"
