"""The rules of the registry: each broken one is named, all at once."""

import pytest
from pydantic import BaseModel, Field

from tests.wizamart.module_system.sample_modules import make_module, make_registry, make_shop
from wizamart.module_system.definition import FrontendType, MenuItem, ModuleTier
from wizamart.module_system.exceptions import RegistryError, UnknownModule
from wizamart.module_system.registry import assemble


class Limits(BaseModel):
    days: int = Field(default=1, ge=1)


def faults_of(*definitions):
    with pytest.raises(RegistryError) as refusal:
        make_registry(*definitions)
    return refusal.value.faults


def test_modules_stand_after_what_they_require():
    order = list(make_shop())

    assert order.index("payments") < order.index("billing") < order.index("returns")
    assert order.index("base") < order.index("people") < order.index("orders")


def test_requirements_and_dependents_reach_through_the_whole_chain():
    registry = make_shop()

    assert registry.requirements_of("returns") == {"orders", "billing", "payments", "people", "base"}
    assert registry.dependents_of("payments") == {"billing", "orders", "returns"}
    assert registry.of_tier(ModuleTier.INTERNAL).keys() == {"inspector"}
    assert registry.core_codes == {"base", "people"}


def test_an_unknown_code_raises_a_named_error():
    with pytest.raises(UnknownModule, match="nowhere"):
        make_shop()["nowhere"]


@pytest.mark.parametrize(
    ("definitions", "rule"),
    [
        ([make_module("a", requires=["b"])], "a: requires 'b', which does not exist"),
        ([make_module("a"), make_module("a")], "a: two modules have this code"),
        ([make_module("Not_Kebab")], "Not_Kebab: the code must be kebab-case"),
        ([make_module("a", version="1.0")], "a: '1.0' is no semantic version"),
        ([make_module("a", version="01.0.0")], "a: '01.0.0' is no semantic version"),
        ([make_module("a", is_core=True, is_internal=True)], "a: a module cannot be core and internal"),
        (
            [make_module("a", is_core=True, requires=["b"]), make_module("b")],
            "a: a core module cannot require the optional module 'b'",
        ),
        (
            [make_module("a", requires=["b"]), make_module("b", is_internal=True)],
            "a: an optional module cannot require the internal module 'b'",
        ),
        (
            [make_module("a", permissions=["b:x:read"])],
            "a: permission 'b:x:read' must read a:resource:action",
        ),
        (
            [make_module("a", reserved_permissions=["a:x:read"])],
            "a: reserves 'a:x:read', which it does not declare",
        ),
        (
            [make_module("a", features=["f"]), make_module("b", features=["f"])],
            "b: feature 'f' is claimed by a too",
        ),
        (
            [make_module("a", audit_actions={"x": "Done"}), make_module("b", audit_actions={"x": "Done"})],
            "b: audit action 'x' is claimed by a too",
        ),
        ([make_module("a", default_config={"x": 1})], "a: has a default configuration and no config_schema"),
        (
            [make_module("a", config_schema=Limits, default_config={"weeks": 1})],
            "a: the default configuration has unknown keys: weeks",
        ),
        (
            [
                make_module(
                    "a", is_internal=True, menu_items={FrontendType.VENDOR: (MenuItem("m", "M", "e"),)}
                )
            ],
            "a: an internal module has no vendor or storefront menu",
        ),
    ],
)
def test_a_broken_rule_is_named_with_its_module(definitions, rule):
    assert rule in faults_of(*definitions)


@pytest.mark.parametrize("version", ["0.1.0", "10.20.30", "1.0.0-rc.1", "2.0.0+build.7"])
def test_semantic_versions_are_taken(version):
    assert make_registry(make_module("a", version=version))["a"].version == version


def test_a_schema_that_must_be_filled_needs_a_default_configuration():
    class Named(BaseModel):
        name: str
        days: int = 14

    (fault,) = faults_of(make_module("a", config_schema=Named))

    assert fault == "a: its schema requires name, and there is no default configuration"
    make_registry(make_module("a", config_schema=Named, default_config={"name": "x"}))


def test_a_default_configuration_that_its_own_schema_rejects_is_refused():
    (fault,) = faults_of(make_module("a", config_schema=Limits, default_config={"days": 0}))

    assert fault.startswith("a: its schema rejects the default configuration: ('days',)")


def test_a_menu_id_claimed_twice_in_one_frontend_is_refused_but_not_in_two():
    def menu(frontend):
        return {frontend: (MenuItem("orders", "Orders", "x.y"),)}

    make_registry(
        make_module("a", menu_items=menu(FrontendType.ADMIN)),
        make_module("b", menu_items=menu(FrontendType.VENDOR)),
    )
    faults = faults_of(
        make_module("a", menu_items=menu(FrontendType.ADMIN)),
        make_module("b", menu_items=menu(FrontendType.ADMIN)),
    )

    assert faults == ["b: admin menu item 'orders' is claimed by a too"]


def test_a_cycle_is_printed_as_a_path():
    faults = faults_of(
        make_module("a", requires=["b"]), make_module("b", requires=["c"]), make_module("c", requires=["a"])
    )

    assert faults == ["a: requires itself: a > b > c > a"]


def test_all_faults_are_listed_and_not_only_the_first():
    faults = faults_of(make_module("a", version="x", requires=["nowhere"]), make_module("B"))

    assert len(faults) == 3


def test_a_faulty_installed_module_is_left_out_with_those_that_require_it():
    own = [make_module("base", is_core=True)]
    installed = [
        make_module("good"),
        make_module("bad", version="x"),
        make_module("needs-bad", requires=["bad"]),
        make_module("base"),
    ]

    registry = assemble(own, installed)

    assert set(registry) == {"base", "good"}
    assert {rejected.code for rejected in registry.rejected} == {"bad", "needs-bad", "base"}
    assert registry["base"].is_core
