"""The permission matrix: what a role can allow, by module and by what the permission is about."""

from collections.abc import Iterable
from dataclasses import dataclass

from wizamart.i18n import gettext as _, gettext_noop, pgettext, translate
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.manager import current_manager
from wizamart.permissions import RoleKind, access_of, expand

VERBS = {
    "read": gettext_noop("See"),
    "create": gettext_noop("Create"),
    "update": gettext_noop("Change"),
    "delete": gettext_noop("Delete"),
    "manage": gettext_noop("Manage"),
    "invite": gettext_noop("Invite"),
    "approve": gettext_noop("Approve"),
    "suspend": gettext_noop("Suspend"),
}

# The words are looked up by their English form; these are the ones of this module, others bring theirs.
RESOURCES = (
    gettext_noop("Company"),
    gettext_noop("Person"),
    gettext_noop("Profile"),
    gettext_noop("Role"),
    gettext_noop("Vendor"),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One permission; a locked one is beyond the reach of whoever edits."""

    code: str
    label: str
    is_granted: bool
    is_locked: bool


@dataclass(frozen=True, slots=True)
class Resource:
    """What permissions are about, such as orders."""

    name: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ModuleRow:
    """A module; one that sleeps is off here: its permissions grant nothing until it comes back."""

    code: str
    name: str
    icon: str
    is_sleeping: bool
    resources: tuple[Resource, ...]


def build_matrix(
    kind: RoleKind,
    *,
    permissions: Iterable[str],
    reach: frozenset[str],
    effective: frozenset[str],
) -> tuple[ModuleRow, ...]:
    """Return all permissions for roles of a kind; the role's own stay in it whether their module is on or off."""
    offered = offered_permissions(kind)
    patterns = tuple(permissions)
    rows = []
    for code, module in current_manager().registry.items():
        declared = [one for one in module.permissions if one in offered]
        if not declared:
            continue
        granted = expand(patterns, frozenset(declared))
        by_resource: dict[str, list[Choice]] = {}
        for permission in declared:
            _module, resource, verb = permission.split(":")
            choice = Choice(permission, _verb(verb), permission in granted, permission not in reach)
            by_resource.setdefault(resource, []).append(choice)
        resources = tuple(Resource(_words(name), tuple(found)) for name, found in by_resource.items())
        rows.append(ModuleRow(code, translate(module.name), module.icon, code not in effective, resources))
    return tuple(rows)


def offered_permissions(kind: RoleKind) -> frozenset[str]:
    """Return the permissions that views of this kind's frontend ask for, and those that no view asks for."""
    manager = current_manager()
    frontend = FrontendType.ADMIN if kind is RoleKind.PLATFORM else FrontendType.VENDOR
    asked: dict[FrontendType, set[str]] = {one: set() for one in FrontendType}
    for endpoint, view in manager.app.view_functions.items():
        owner = manager.blueprints.get(endpoint.rpartition(".")[0])
        access = access_of(view)
        if owner is not None and access is not None and access.permission is not None:
            asked[owner[1]].add(access.permission)
    anywhere = set().union(*asked.values())
    return frozenset(
        permission
        for module in manager.registry.values()
        for permission in module.permissions
        if permission not in module.reserved_permissions
        and (permission in asked[frontend] or permission not in anywhere)
    )


def _verb(verb: str) -> str:
    return translate(VERBS[verb]) if verb in VERBS else _words(verb)


def _words(name: str) -> str:
    """Return what a part of a permission is called: as permissions call it, or as the word stands elsewhere."""
    word = name.replace("_", " ").replace("-", " ").capitalize()
    found = pgettext("permission", word)
    return found if found != word else _(word)
