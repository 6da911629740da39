"""Telling people: who is concerned, by which channels, in which language, and each thing once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.messaging.config import MessagingConfig
from modules.messaging.models.notification import Notification
from modules.messaging.schemas.kind import Audience, NotificationKind
from modules.messaging.services import (
    preference_service,
    recipient_service,
    template_service,
    text_service,
)
from modules.messaging.services.mail_service import send_notification_mail
from modules.messaging.services.recipient_service import Recipient
from wizamart.i18n import LOCALES
from wizamart.module_system.config_service import get_module_config
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.manager import current_manager
from wizamart.module_system.state import ModuleState
from wizamart.platforms import Platform

LONGEST_TITLE: Final = 200
LONGEST_SUBJECT: Final = 120


@dataclass(frozen=True, slots=True)
class _Telling:
    """One event on its way to one audience; texts are written once a language."""

    session: Session
    state: ModuleState
    kind: NotificationKind
    event: Mapping[str, Any]
    subject: str
    at: datetime
    may_mail: bool
    texts: dict[str, tuple[str, str]]


def notify(
    session: Session,
    kind: NotificationKind,
    event: Mapping[str, Any],
    *,
    platform_id: int,
    vendor_id: int | None,
    at: datetime,
    may_mail: bool = True,
) -> list[Notification]:
    """Tell everybody whom an event concerns; people who know already are not told again."""
    state = current_manager().state_of(session, platform_id)
    config = cast("MessagingConfig", get_module_config(session, platform_id, "messaging"))
    subject = ":".join(str(event.get(name)) for name in kind.identity)[:LONGEST_SUBJECT]
    telling = _Telling(
        session, state, kind, event, subject, at, may_mail=may_mail and config.send_mails, texts={}
    )
    told: list[Notification] = []
    for portal, audience in kind.audiences.items():
        portal_vendor_id = vendor_id if portal is FrontendType.VENDOR else None
        if portal is FrontendType.ADMIN or portal_vendor_id is not None:
            told += _tell_audience(telling, portal, audience, portal_vendor_id)
    return told


def _tell_audience(
    telling: _Telling, portal: FrontendType, audience: Audience, vendor_id: int | None
) -> list[Notification]:
    session, kind = telling.session, telling.kind
    people = recipient_service.list_recipients(
        session, telling.state, vendor_id=vendor_id, permission=audience.permission
    )
    knowing = _find_knowing(telling, vendor_id)
    people = [person for person in people if person.user_id not in knowing]
    if not people:
        return []
    wanted = preference_service.channels_of_people(
        session, kind, portal, [person.user_id for person in people]
    )
    told = []
    for person in people:
        channels = wanted[person.user_id]
        by_mail = channels.by_mail and telling.may_mail
        if not channels.in_page and not by_mail:
            continue
        row = _build_notification(telling, audience, person, vendor_id)
        row.in_page, row.by_mail = channels.in_page, by_mail
        session.add(row)
        told.append((row, person))
    session.flush()  # mails name the row they belong to
    for row, person in told:
        if row.by_mail:
            locale = _locale_of(telling, person)
            send_notification_mail(session, telling.state, row, to=person.email, locale=locale)
    return [row for row, _person in told]


def _find_knowing(telling: _Telling, vendor_id: int | None) -> frozenset[int]:
    """Return who was told of this already; of a kind that recurs, who has not read it yet."""
    statement = sa.select(Notification.user_id).where(
        Notification.kind == telling.kind.code,
        Notification.subject == telling.subject,
        Notification.vendor_id == vendor_id,
    )
    if telling.kind.recurs:
        statement = statement.where(Notification.read_at.is_(None), Notification.in_page)
    return frozenset(telling.session.scalars(statement))


def _build_notification(
    telling: _Telling, audience: Audience, person: Recipient, vendor_id: int | None
) -> Notification:
    title, body = _texts(telling, _locale_of(telling, person))
    arguments = {
        argument: telling.event[field]
        for argument, field in audience.arguments.items()
        if telling.event.get(field) is not None
    }
    has_link = audience.endpoint is not None and len(arguments) == len(audience.arguments)
    return Notification(
        vendor_id=vendor_id,
        user_id=person.user_id,
        kind=telling.kind.code,
        subject=telling.subject,
        title=title[:LONGEST_TITLE],
        body=body,
        endpoint=audience.endpoint if has_link else None,
        arguments=arguments,
        created_at=telling.at,
    )


def _texts(telling: _Telling, locale: str) -> tuple[str, str]:
    """Return title and body in a language, filled in."""
    if locale not in telling.texts:
        texts = template_service.get_texts(telling.session, telling.kind, locale)
        values = text_service.values_of(telling.kind, telling.event, locale=locale)
        telling.texts[locale] = (
            text_service.fill(texts.subject, values),
            text_service.fill(texts.body, values),
        )
    return telling.texts[locale]


def _locale_of(telling: _Telling, person: Recipient) -> str:
    """Return the person's language, or that of the platform where they have chosen none."""
    if person.locale in LOCALES:
        return str(person.locale)
    platform = telling.session.get_one(Platform, telling.state.platform_id)
    return platform.default_locale
