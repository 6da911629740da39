"""What core works out without database and request."""

import pytest

from modules.core.services import dependency_picture, overview_service
from modules.core.services.menu_editor_service import MenuDraft
from modules.core.services.overview_service import Filters
from wizamart.module_system.definition import ModuleDefinition
from wizamart.module_system.registry import Registry, RejectedModule
from wizamart.module_system.state import build_state

REGISTRY = Registry(
    [
        ModuleDefinition(code="base", name="Base", is_core=True),
        ModuleDefinition(code="payments", name="Payments & co", description="Gateways"),
        ModuleDefinition(code="orders", name="Orders", requires=("payments",)),
        ModuleDefinition(code="returns", name="Returns", requires=("orders",)),
        ModuleDefinition(code="tools", name="Tools", is_internal=True),
    ],
    [RejectedModule("broken", "broken: its table is not its own")],
)


def cards(*on, may_update=True, may_update_internal=True):
    state = build_state(REGISTRY, 1, 1, rows=[(code, True, {}) for code in on])
    found = overview_service.build_cards(
        REGISTRY,
        state,
        {},
        may_update=may_update,
        may_update_internal=may_update_internal,
        health={"orders": "degraded"},
    )
    return {card.code: card for card in found}


def test_a_card_tells_direct_from_indirect_connections():
    found = cards("payments")

    assert [one.code for one in found["returns"].requires] == ["orders"]
    assert [one.code for one in found["returns"].requires_indirectly] == ["payments"]
    assert [one.code for one in found["payments"].dependents_indirectly] == ["returns"]
    assert found["orders"].requires[0].is_on


def test_a_locked_switch_says_why():
    assert "Always on" in cards()["base"].lock
    assert "super admins" in cards(may_update_internal=False)["tools"].lock
    assert "look at" in cards(may_update=False)["orders"].lock
    assert cards()["orders"].lock == ""


def test_what_is_wanted_without_its_requirement_says_what_is_missing():
    card = cards("orders")["orders"]

    assert card.is_wanted
    assert not card.is_on
    assert "payments" in card.problem


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), {"base", "payments", "orders", "returns", "tools"}),
        (Filters(text="GATE"), {"payments"}),
        (Filters(text="ret urns"), {"returns"}),
        (Filters(text="nothing"), set()),
        (Filters(state="on"), {"base", "payments"}),
        (Filters(state="problem"), {"orders"}),
        (Filters(tier="internal"), {"tools"}),
        (Filters(hide_core=True), {"payments", "orders", "returns", "tools"}),
        (Filters(state="nonsense"), {"base", "payments", "orders", "returns", "tools"}),
    ],
)
def test_filters(filters, expected):
    assert {card.code for card in overview_service.narrow(cards("payments").values(), filters)} == expected


def test_missing_packages_are_listed_with_their_reason():
    state = build_state(REGISTRY, 1, 1, rows=[("gone", True, {}), ("broken", True, {})])

    missing = {one.code: one for one in overview_service.list_missing(REGISTRY, state)}

    assert missing["gone"].is_wanted
    assert "not its own" in missing["broken"].reason


def test_the_picture_lights_up_what_a_change_drags_along_and_reads_aloud():
    svg = dependency_picture.draw(REGISTRY, {"base"}, {"payments": "enable", "orders": "enable"})

    assert svg.count("wz-graph-lit") == 1
    assert svg.count("wz-graph-enable") == 2
    assert "Orders requires Payments &amp; co" in svg
    assert "Tools" not in svg


def test_columns_follow_the_requirements():
    columns = dependency_picture.layers(REGISTRY)

    assert columns["payments"] < columns["orders"] < columns["returns"]


def test_a_move_beyond_the_end_changes_nothing():
    draft = MenuDraft.from_form(order=["a", "b"], shown=["a"], pinned=[], move="down:b", action="")

    assert draft.order == ("a", "b")
    assert draft.hidden == ("b",)
