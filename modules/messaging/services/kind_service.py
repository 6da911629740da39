"""Which kinds of notifications there are on a platform: those whose modules are in effect."""

from collections.abc import Sequence

from modules.messaging.exceptions import KindNotFound
from modules.messaging.schemas import kinds
from modules.messaging.schemas.kind import NotificationKind
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.state import ModuleState


def list_kinds(state: ModuleState, portal: FrontendType | None = None) -> Sequence[NotificationKind]:
    """Return the kinds that can occur here, in one portal if it is given."""
    return [
        kind
        for kind in kinds.KINDS
        if kind.module_code in state.effective and (portal is None or portal in kind.audiences)
    ]


def list_permitted(
    state: ModuleState, portal: FrontendType, permissions: frozenset[str]
) -> Sequence[NotificationKind]:
    """Return the kinds that somebody with these permissions can be told in a portal."""
    return [kind for kind in list_kinds(state, portal) if kind.audiences[portal].permission in permissions]


def get_kind(state: ModuleState, code: str) -> NotificationKind:
    """Return a kind that can occur here.

    :raises KindNotFound: when there is none, or its module is off.
    """
    kind = kinds.KIND_BY_CODE.get(code)
    if kind is None or kind.module_code not in state.effective:
        raise KindNotFound
    return kind
