"""Planning is a pure function: values in, steps out."""

import pytest
from hypothesis import given, strategies as st

from tests.wizamart.module_system.sample_modules import make_shop
from wizamart.module_system.exceptions import ContradictoryPlan, CoreModuleLocked, UnknownModule
from wizamart.module_system.plan import Plan, StepAction, StepCause, plan_steps
from wizamart.module_system.state import effect_of

SHOP = make_shop()
SWITCHABLE = sorted(set(SHOP) - SHOP.core_codes)


def codes(steps):
    return [step.code for step in steps]


def closed(wanted):
    return frozenset(code for code in wanted if SHOP.requirements_of(code) - SHOP.core_codes <= set(wanted))


def test_enabling_brings_requirements_first_with_their_cause():
    steps = plan_steps(SHOP, frozenset(), enable=["returns"])

    assert codes(steps) == ["payments", "billing", "orders", "returns"]
    assert [step.cause for step in steps] == [StepCause.REQUIRED_BY] * 3 + [StepCause.ASKED]
    assert steps[0].because_of == "billing"


def test_disabling_takes_dependents_along_first():
    steps = plan_steps(SHOP, frozenset({"payments", "billing", "orders", "returns"}), disable=["payments"])

    assert codes(steps)[-1] == "payments"
    assert codes(steps).index("returns") < codes(steps).index("orders")
    assert {step.cause for step in steps[:-1]} == {StepCause.DEPENDS_ON}


def test_asking_for_what_holds_takes_no_step():
    assert plan_steps(SHOP, frozenset({"stock"}), enable=["stock", "base"], disable=["market"]) == ()


def test_core_stays_on():
    with pytest.raises(CoreModuleLocked):
        plan_steps(SHOP, frozenset(), disable=["base"])


def test_an_unknown_module_is_named():
    with pytest.raises(UnknownModule):
        plan_steps(SHOP, frozenset(), enable=["nowhere"])


def test_a_module_cannot_go_on_while_what_it_requires_goes_off():
    with pytest.raises(ContradictoryPlan):
        plan_steps(SHOP, frozenset({"payments"}), enable=["orders"], disable=["payments"])


def test_a_plan_tells_whether_it_drags_others_along():
    alone = Plan(1, 0, plan_steps(SHOP, frozenset(), enable=["stock"]))
    cascade = Plan(1, 0, plan_steps(SHOP, frozenset(), enable=["market"]))

    assert not alone.has_cascade
    assert cascade.has_cascade
    assert cascade.as_text() == "enable stock (required by market)\nenable market"


@given(
    wanted=st.sets(st.sampled_from(SWITCHABLE)).map(closed),
    enable=st.lists(st.sampled_from(SWITCHABLE), max_size=4),
    disable=st.lists(st.sampled_from(SWITCHABLE), max_size=4),
)
def test_any_plan_leads_to_a_closed_set_through_closed_sets(wanted, enable, disable):
    try:
        steps = plan_steps(SHOP, wanted, enable=enable, disable=disable)
    except ContradictoryPlan:
        return
    current = set(wanted)
    for step in steps:
        assert (step.code in current) == (step.action is StepAction.DISABLE)
        current ^= {step.code}
        assert closed(current) == current

    assert set(enable) <= current
    assert not set(disable) & current
    effective, reasons = effect_of(SHOP, frozenset(current))
    assert effective == current | SHOP.core_codes
    assert reasons == {}


@given(wanted=st.sets(st.sampled_from(SWITCHABLE)), blocked=st.sets(st.sampled_from(SWITCHABLE)))
def test_the_effect_is_closed_whatever_is_wanted_or_blocked(wanted, blocked):
    effective, reasons = effect_of(SHOP, frozenset(wanted), frozenset(blocked))

    assert SHOP.core_codes <= effective
    for code in effective:
        assert SHOP.requirements_of(code) <= effective
    assert not effective & blocked
    assert wanted - effective == set(reasons)


def test_a_module_without_its_package_is_off_and_says_so():
    effective, reasons = effect_of(SHOP, frozenset({"gone", "stock"}))

    assert "stock" in effective
    assert str(reasons["gone"]) == "Its package is not installed."
