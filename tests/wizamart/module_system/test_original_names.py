"""The names and argument orders of the original description, importable from `wizamart.module_system`."""

import inspect

import pytest

from wizamart import module_system, observability
from wizamart.module_system import definition, events, registry

ARGUMENTS = {
    "is_module_enabled": ["session", "platform_id", "code"],
    "get_platform_modules": ["session", "platform_id"],
    "enable_module": ["session", "platform_id", "code"],
    "disable_module": ["session", "platform_id", "code"],
    "get_module_config": ["session", "platform_id", "code"],
    "set_module_config": ["session", "platform_id", "code", "values"],
    "get_module_menu_items": ["session", "platform_id", "frontend"],
    "is_menu_item_module_enabled": ["session", "platform_id", "item_id", "frontend"],
}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_the_service_takes_the_arguments_in_their_order(name):
    call = getattr(module_system.module_service, name)
    parameters = inspect.signature(call).parameters.values()

    wanted = [one.name for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD]
    assert wanted[: len(ARGUMENTS[name])] == ARGUMENTS[name]
    assert call is getattr(module_system.ModuleService(), name)


def test_what_the_original_names_is_importable_from_the_package():
    assert isinstance(module_system.module_service, module_system.ModuleService)
    assert module_system.health_registry is observability.health_registry
    assert module_system.register_module_health_checks is observability.register_module_health_checks
    for home, names in (
        (definition, ["ModuleDefinition", "FrontendType"]),
        (events, ["module_event_bus", "ModuleEvent", "ModuleEventData"]),
        (registry, ["get_module", "get_core_module_codes", "get_module_tier", "is_core_module"]),
    ):
        assert all(getattr(module_system, name) is getattr(home, name) for name in names)


def test_a_name_that_nobody_gave_is_none_of_the_service():
    with pytest.raises(AttributeError):
        module_system.ModuleService().health_registry  # noqa: B018
