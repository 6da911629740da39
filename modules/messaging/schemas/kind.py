"""Kinds of notifications: what they are made from, whom they concern and what they say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wizamart.module_system.definition import FrontendType


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is told, and where it leads them: people of the platform or of the vendor whose role holds `permission`.

    `arguments` are those of the endpoint, each with the field of the event that fills it.
    """

    permission: str
    endpoint: str | None = None
    arguments: Mapping[str, str] = field(default_factory=dict)
    mails_by_default: bool = False


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A word in braces: from which fields of the event it comes (the first that is there), and an example.

    `currency` makes it an amount of money: the field that names the currency of the minor units. `context` makes it a
    text of the event's module, in English, that catalogues translate under this context.
    """

    label: str
    sources: tuple[str, ...]
    example: Any
    currency: str | None = None
    context: str | None = None


@dataclass(frozen=True, slots=True)
class NotificationKind:
    """One kind. Texts are English sources marked for translation, with `%(name)s` placeholders.

    `identity` are the fields that say what it is about. A kind that `recurs` is told again once the former was read;
    another is told once and never again.
    """

    code: str
    event: str
    module_code: str
    label: str
    icon: str
    subject: str
    body: str
    placeholders: Mapping[str, Placeholder]
    audiences: Mapping[FrontendType, Audience]
    identity: tuple[str, ...]
    recurs: bool = False
