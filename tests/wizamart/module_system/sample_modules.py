"""Small modules of our own making, for tests of the module system that must not depend on the real ones."""

from wizamart.module_system.definition import ModuleDefinition
from wizamart.module_system.registry import Registry

# An existing package without models or routes: these modules have no code of their own.
PACKAGE = "wizamart.testing"


def make_module(code, **fields):
    fields.setdefault("name", code.title())
    return ModuleDefinition(code=code, package=PACKAGE, **fields)


def make_registry(*definitions):
    return Registry(definitions)


def make_shop():
    """Return a registry with the shape of the real one: core, chains, a diamond, an internal module."""
    return make_registry(
        make_module("base", is_core=True, permissions=["base:module:update"]),
        make_module("people", is_core=True, requires=["base"]),
        make_module("payments", permissions=["payments:payment:read"]),
        make_module("billing", requires=["payments"], features=["invoices"]),
        make_module("orders", requires=["payments", "people"], permissions=["orders:order:read"]),
        make_module("returns", requires=["orders", "billing"]),
        make_module("stock"),
        make_module("market", requires=["stock"]),
        make_module("inspector", is_internal=True),
    )
