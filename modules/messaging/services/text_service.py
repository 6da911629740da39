"""The texts of notifications: defaults from the catalogues, a platform's own, and their placeholders."""

import re
from collections.abc import Mapping
from typing import Any, Final

from modules.messaging.exceptions import BraceUnpaired, PlaceholderUnknown
from modules.messaging.schemas.kind import NotificationKind, Placeholder
from wizamart.i18n import force_locale, format_money, gettext, pgettext

GETTEXT_PLACEHOLDER: Final = re.compile(r"%\((\w+)\)s")
PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
MISSING: Final = "–"


def default_texts(kind: NotificationKind, locale: str) -> tuple[str, str]:
    """Return subject and body in a language as the catalogues have them, with placeholders in braces."""
    with force_locale(locale):
        subject, body = gettext(kind.subject), gettext(kind.body)
    return GETTEXT_PLACEHOLDER.sub(r"{\1}", subject), GETTEXT_PLACEHOLDER.sub(r"{\1}", body)


def check_text(kind: NotificationKind, text: str, *, field: str) -> str:
    """Return a text whose placeholders are all known.

    :raises PlaceholderUnknown: at `field`, naming the strangers.
    :raises BraceUnpaired: at `field`, when a brace belongs to no placeholder.
    """
    unknown = [name for name in PLACEHOLDER.findall(text) if name not in kind.placeholders]
    if unknown:
        names = ", ".join(f"{{{name}}}" for name in dict.fromkeys(unknown))
        raise PlaceholderUnknown({field: [str(PlaceholderUnknown(names=names))]})
    if re.search(r"[{}]", PLACEHOLDER.sub("", text)):
        raise BraceUnpaired({field: [str(BraceUnpaired.message)]})
    return text


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values in the place of their placeholders; nothing in a value is taken for one."""
    return PLACEHOLDER.sub(lambda match: values.get(match[1], MISSING), text)


def values_of(kind: NotificationKind, event: Mapping[str, Any], *, locale: str) -> dict[str, str]:
    """Return what an event says for each placeholder, written as the language writes it."""
    with force_locale(locale):
        return {name: _written(one, event) for name, one in kind.placeholders.items()}


def example_values(kind: NotificationKind, *, locale: str) -> dict[str, str]:
    """Return examples for a preview."""
    event: dict[str, Any] = {"currency": "EUR"}
    for placeholder in kind.placeholders.values():
        event[placeholder.sources[0]] = placeholder.example
    return values_of(kind, event, locale=locale)


def _written(placeholder: Placeholder, event: Mapping[str, Any]) -> str:
    found = (event[source] for source in placeholder.sources if event.get(source) not in {None, ""})
    value = next(found, None)
    if value is None:
        return MISSING
    currency = event.get(placeholder.currency) if placeholder.currency else None
    if currency and isinstance(value, int):
        return format_money(value, str(currency))
    text = pgettext(placeholder.context, str(value)) if placeholder.context else str(value)
    return " ".join(text.split())
