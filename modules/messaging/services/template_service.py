"""A platform's own texts for notifications."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.messaging.models.template import NotificationTemplate
from modules.messaging.schemas.kind import NotificationKind
from modules.messaging.services import text_service
from wizamart import audit
from wizamart.exceptions import InvalidInput


@dataclass(frozen=True, slots=True)
class Texts:
    """Subject and body, still with their placeholders."""

    subject: str
    body: str
    is_own: bool = False


def texts_by_locale(session: Session, kind: NotificationKind) -> dict[str, Texts]:
    """Return the platform's own texts of a kind by language."""
    statement = sa.select(NotificationTemplate).where(NotificationTemplate.kind == kind.code)
    return {row.locale: Texts(row.subject, row.body, is_own=True) for row in session.scalars(statement)}


def get_texts(session: Session, kind: NotificationKind, locale: str) -> Texts:
    """Return the texts that go out in a language: the platform's own, or else those of the catalogues."""
    return texts_by_locale(session, kind).get(locale) or default_of(kind, locale)


def default_of(kind: NotificationKind, locale: str) -> Texts:
    """Return the texts of the catalogues."""
    return Texts(*text_service.default_texts(kind, locale))


def list_own_locales(session: Session) -> dict[str, list[str]]:
    """Return for each kind the languages in which the platform has texts of its own."""
    statement = sa.select(NotificationTemplate.kind, NotificationTemplate.locale).order_by(
        NotificationTemplate.locale
    )
    found: dict[str, list[str]] = {}
    for kind, locale in session.execute(statement):
        found.setdefault(kind, []).append(locale)
    return found


def save_texts(
    session: Session,
    kind: NotificationKind,
    *,
    locale: str,
    subject: str,
    body: str,
    actor_id: int,
    platform_id: int,
    at: datetime,
) -> NotificationTemplate:
    """Store the platform's own texts for a language.

    :raises InvalidInput: with all that is wrong with either text, at its field.
    """
    check_texts(kind, subject=subject, body=body)
    row = _find(session, kind, locale)
    before = {"subject": row.subject, "body": row.body} if row else None
    if row is None:
        row = NotificationTemplate(kind=kind.code, locale=locale)
        session.add(row)
    row.subject, row.body = subject, body
    row.updated_at, row.updated_by_user_id = at, actor_id
    after = {"subject": subject, "body": body}
    if before != after:
        _record(session, kind, locale, before, after, actor_id=actor_id, platform_id=platform_id)
    return row


def reset_texts(
    session: Session, kind: NotificationKind, *, locale: str, actor_id: int, platform_id: int
) -> None:
    """Forget the platform's own texts for a language; without any, nothing changes."""
    row = _find(session, kind, locale)
    if row is not None:
        before = {"subject": row.subject, "body": row.body}
        session.delete(row)
        _record(session, kind, locale, before, None, actor_id=actor_id, platform_id=platform_id)


def check_texts(kind: NotificationKind, **texts: str) -> None:
    """Refuse texts with placeholders that the kind does not know.

    :raises InvalidInput: with all that is wrong, at each field.
    """
    errors: dict[str, list[str]] = {}
    for field, text in texts.items():
        try:
            text_service.check_text(kind, text, field=field)
        except InvalidInput as error:
            errors |= error.errors
    if errors:
        raise InvalidInput(errors)


def _find(session: Session, kind: NotificationKind, locale: str) -> NotificationTemplate | None:
    statement = sa.select(NotificationTemplate).where(
        NotificationTemplate.kind == kind.code, NotificationTemplate.locale == locale
    )
    return session.scalar(statement)


def _record(
    session: Session,
    kind: NotificationKind,
    locale: str,
    before: dict[str, str] | None,
    after: dict[str, str] | None,
    *,
    actor_id: int,
    platform_id: int,
) -> None:
    audit.record(
        session,
        action="messaging.template_changed",
        target=f"template:{kind.code}:{locale}",
        actor_id=actor_id,
        platform_id=platform_id,
        before=before,
        after=after,
    )
