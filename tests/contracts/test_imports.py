"""Who may import whom, for every module in the tree."""

import pytest

from tests.contracts.tree import Import, files, folder_of, imports_of, module_codes
from wizamart.module_system.registry import installed_registry

WEB = ("flask", "htmx_flask", "werkzeug", "flask_wtf", "flask_login")
ROUTES_MAY = ("services", "schemas", "exceptions", "config", "events")
EDGES = ("routes", "tasks", "cli", "handlers", "contributions")
DEFINITION_MAY = ("wizamart.module_system.definition", "wizamart.i18n")


def edges(code: str, *parts: str) -> list[Import]:
    """Return the imports of a module's files, or of those in these parts of it (folders or single files)."""
    folder = folder_of(code)
    wanted = [
        file
        for file in files("*.py", under=folder)
        if not parts or file.relative_to(folder).parts[0].removesuffix(".py") in parts
    ]
    return [edge for file in wanted for edge in imports_of(file)]


def is_within(edge: Import, *packages: str) -> bool:
    return any(f"{edge.target}.".startswith(f"{package}.") for package in packages)


def listed(found: list[Import]) -> str:
    return "\n".join(map(str, found))


@pytest.mark.parametrize("code", module_codes())
def test_module_imports_only_what_it_requires(code):
    registry = installed_registry()
    allowed = {code, *registry.core_codes, *registry.requirements_of(code)}
    packages = tuple(registry[one].package for one in allowed)

    strangers = [
        edge for edge in edges(code) if is_within(edge, "modules") and not is_within(edge, *packages)
    ]

    assert not strangers, listed(strangers)


@pytest.mark.parametrize("code", module_codes())
def test_module_takes_only_services_schemas_events_and_exceptions_of_another(code):
    own = installed_registry()[code].package

    strangers = [
        edge
        for edge in edges(code)
        if is_within(edge, "modules")
        and not is_within(edge, own)
        and edge.target.split(".")[2:3]
        not in ([name] for name in ("services", "schemas", "events", "exceptions"))
    ]

    assert not strangers, listed(strangers)


@pytest.mark.parametrize("code", module_codes())
def test_edges_of_a_module_import_no_models(code):
    strangers = [
        edge
        for edge in edges(code, *EDGES)
        if is_within(edge, "modules") and edge.target.split(".")[2:3] == ["models"]
    ]

    assert not strangers, listed(strangers)


@pytest.mark.parametrize("code", module_codes())
def test_services_and_models_know_nothing_of_the_web(code):
    own = installed_registry()[code].package

    strangers = [
        edge
        for edge in edges(code, "services", "models", "schemas")
        if is_within(edge, *WEB, "wizamart.web", "wizamart.app", f"{own}.routes")
    ]

    assert not strangers, listed(strangers)


@pytest.mark.parametrize("code", module_codes())
def test_models_import_no_services(code):
    own = installed_registry()[code].package

    strangers = [edge for edge in edges(code, "models") if is_within(edge, f"{own}.services")]

    assert not strangers, listed(strangers)


@pytest.mark.parametrize("code", module_codes())
def test_definition_is_data(code):
    own = installed_registry()[code].package

    strangers = [
        edge
        for edge in edges(code, "definition")
        if is_within(edge, "wizamart", "modules", *WEB, "sqlalchemy")
        and not is_within(edge, *DEFINITION_MAY, f"{own}.config")
    ]

    assert not strangers, listed(strangers)
