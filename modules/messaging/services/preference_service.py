"""By which channels each person wants each kind of notification."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.messaging.models.notification import NotificationPreference
from modules.messaging.schemas.kind import NotificationKind
from wizamart.module_system.definition import FrontendType


@dataclass(frozen=True, slots=True)
class Channels:
    """The channels of one kind for one person."""

    in_page: bool
    by_mail: bool


def default_channels(kind: NotificationKind, portal: FrontendType) -> Channels:
    """Return the channels of somebody who has chosen nothing."""
    return Channels(in_page=True, by_mail=kind.audiences[portal].mails_by_default)


def channels_of_people(
    session: Session, kind: NotificationKind, portal: FrontendType, user_ids: Collection[int]
) -> Mapping[int, Channels]:
    """Return what these people want of a kind, in one query."""
    statement = sa.select(NotificationPreference).where(
        NotificationPreference.kind == kind.code,
        NotificationPreference.portal == portal,
        NotificationPreference.user_id.in_(user_ids),
    )
    chosen = {row.user_id: Channels(row.in_page, row.by_mail) for row in session.scalars(statement)}
    default = default_channels(kind, portal)
    return {user_id: chosen.get(user_id, default) for user_id in user_ids}


def channels_of_kinds(
    session: Session, user_id: int, portal: FrontendType, kinds: Iterable[NotificationKind]
) -> Mapping[str, Channels]:
    """Return what a person wants of each kind."""
    chosen = {
        code: Channels(row.in_page, row.by_mail) for code, row in _rows(session, user_id, portal).items()
    }
    return {kind.code: chosen.get(kind.code, default_channels(kind, portal)) for kind in kinds}


def choose_channels(
    session: Session, user_id: int, portal: FrontendType, choices: Mapping[str, Channels]
) -> None:
    """Store a person's choices for a portal by kind; kinds that are not named keep theirs."""
    rows = _rows(session, user_id, portal)
    for code, channels in choices.items():
        row = rows.get(code)
        if row is None:
            row = NotificationPreference(user_id=user_id, portal=portal, kind=code)
            session.add(row)
        row.in_page, row.by_mail = channels.in_page, channels.by_mail


def _rows(session: Session, user_id: int, portal: FrontendType) -> dict[str, NotificationPreference]:
    statement = sa.select(NotificationPreference).where(
        NotificationPreference.user_id == user_id, NotificationPreference.portal == portal
    )
    return {row.kind: row for row in session.scalars(statement)}
