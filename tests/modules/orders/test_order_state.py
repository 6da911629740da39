import re

import pytest

from modules.orders.schemas.order_state import TRANSITIONS, Action, Facts, OrderStatus, find_transition, unmet
from modules.orders.services.state_picture import draw

ENDS = {OrderStatus.CANCELLED, OrderStatus.RETURNED}


def test_every_state_but_the_first_is_reached_and_only_the_last_ones_are_not_left():
    reached = {OrderStatus.DRAFT}
    for _round in OrderStatus:
        reached |= {way.target for way in TRANSITIONS if reached & set(way.sources)}

    assert reached == set(OrderStatus)
    assert {status for way in TRANSITIONS for status in way.sources} == set(OrderStatus) - ENDS


def test_no_action_leads_two_ways_from_a_state():
    ways = [(source, way.action) for way in TRANSITIONS for source in way.sources]

    assert len(ways) == len(set(ways))


@pytest.mark.parametrize("status", [*sorted(ENDS), OrderStatus.FULFILLED, OrderStatus.PARTLY_FULFILLED])
def test_what_was_sent_is_never_cancelled(status):
    assert find_transition(status, Action.CANCEL) is None


@pytest.mark.parametrize(
    ("action", "source", "facts", "holds"),
    [
        (Action.PLACE, "draft", Facts(), False),
        (Action.PLACE, "draft", Facts(lines=1, has_customer=True), True),
        (Action.PAY, "placed", Facts(total_minor=100, paid_minor=99), False),
        (Action.PAY, "placed", Facts(total_minor=100, paid_minor=100), True),
        (Action.PAY_PART, "placed", Facts(total_minor=100, paid_minor=40), True),
        (Action.PAY_PART, "placed", Facts(total_minor=100, paid_minor=100), False),
        (Action.RETURN_PART, "fulfilled", Facts(ordered=2, fulfilled=2, returned=1), True),
        (Action.FULFIL, "paid", Facts(ordered=2, fulfilled=1), False),
        (Action.FULFIL_PART, "paid", Facts(ordered=2, fulfilled=1), True),
        (Action.RETURN, "fulfilled", Facts(ordered=2, fulfilled=2, returned=1), False),
    ],
)
def test_guards_look_at_the_facts(action, source, facts, holds):
    way = find_transition(OrderStatus(source), action)

    assert (not unmet(way, facts)) is holds


@pytest.mark.parametrize("status", OrderStatus)
def test_the_picture_shows_every_state_and_transition_inside_its_frame(status):
    picture = draw(status)

    assert [box.status for box in picture.boxes if box.is_current] == [status]
    assert len(picture.arrows) == sum(len(way.sources) for way in TRANSITIONS)
    assert all(box.x >= 0 and box.x + box.width <= picture.width for box in picture.boxes)
    assert all(box.y + picture.box_height <= picture.height for box in picture.boxes)
    assert all(re.match(r"M\d+,\d+ ", arrow.path) for arrow in picture.arrows)
