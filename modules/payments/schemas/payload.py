"""What a provider sent, as it may be kept and shown: without secrets, and without more of a person than is needed."""

from collections.abc import Mapping
from typing import Any, Final

HIDDEN: Final = "…"
_NAMES: Final = (
    "secret",
    "password",
    "token",
    "signature",
    "api_key",
    "address",
    "phone",
    "email",
    "fingerprint",
    "receipt_url",
    "payer",
    "shipping",
)
LONGEST_TEXT: Final = 500
LONGEST_LIST: Final = 50


def without_secrets(value: Any) -> Any:
    """Return what was sent without empty values, with secrets and persons hidden, and shortened."""
    if isinstance(value, Mapping):
        kept = {str(name): _shown(str(name), inner) for name, inner in value.items()}
        return {name: inner for name, inner in kept.items() if inner not in (None, "", {}, [])}
    if isinstance(value, list | tuple):
        return [without_secrets(inner) for inner in value[:LONGEST_LIST]]
    return value[:LONGEST_TEXT] if isinstance(value, str) else value


def _shown(name: str, value: Any) -> Any:
    is_secret = any(part in name.lower() for part in _NAMES)
    return HIDDEN if is_secret and value else without_secrets(value)
