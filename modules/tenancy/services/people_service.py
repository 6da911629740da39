"""The people of a place: a platform's admins or a vendor's staff, invited, given roles and removed."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.tenancy import events
from modules.tenancy.exceptions import (
    AlreadyMember,
    LastOwner,
    NotInvited,
    OwnAccount,
    PersonNotFound,
    RolesMissing,
    StaffLimitReached,
)
from modules.tenancy.services import role_service
from modules.tenancy.services.role_service import Place
from wizamart import audit, mail
from wizamart.auth import reset_service, user_service
from wizamart.auth.models import User
from wizamart.i18n import force_locale, gettext as _
from wizamart.permissions import Role, RoleAssignment, assign_role
from wizamart.platforms import Vendor

OWNER: Final = "vendor-owner"
SEARCH: Final = (User.display_name, User.email)
Link = Callable[[str], str]


def list_statement(place: Place) -> sa.Select[Any]:
    """Return the people who have a role in the place."""
    return sa.select(User).where(_is_member(place))


def roles_by_person(session: Session, place: Place, user_ids: Iterable[int]) -> dict[int, list[Role]]:
    """Return the roles of these people in the place, in one query."""
    query = (
        sa.select(RoleAssignment.user_id, Role)
        .join(Role, Role.id == RoleAssignment.role_id)
        .where(RoleAssignment.user_id.in_(list(user_ids)), place.assignments())
        .order_by(Role.is_builtin.desc(), Role.name)
    )
    found: dict[int, list[Role]] = {}
    for row in session.execute(query):
        found.setdefault(row.user_id, []).append(row.Role)
    return found


def get_person(session: Session, place: Place, user_id: int) -> User:
    """Return somebody who has a role in the place.

    :raises PersonNotFound: when they have none, or do not exist.
    """
    query = sa.select(User).where(User.id == user_id, _is_member(place))
    found = session.scalars(query).one_or_none()
    if found is None:
        raise PersonNotFound
    return found


def list_people(session: Session, place: Place) -> Sequence[User]:
    """Return the people who have a role in the place, by name."""
    return session.scalars(list_statement(place).order_by(User.display_name, User.id)).all()


def invite(
    session: Session,
    place: Place,
    *,
    email: str,
    display_name: str = "",
    locale: str | None = None,
    role_ids: Iterable[int],
    reach: frozenset[str],
    place_name: str,
    inviter: User | None,
    invitation_url: Link,
    sign_in_url: str,
    at: datetime,
    limit: int | None = None,
) -> User:
    """Give somebody roles in the place and tell them by mail; who has no password yet is asked to choose one.

    :raises EmailInvalid, AlreadyMember, RolesMissing, RoleTooStrong: at their fields.
    :raises StaffLimitReached: when `limit` people are here already.
    """
    roles = _choose(session, place, role_ids, reach)
    address = user_service.check_email(email)
    user = user_service.find_user_by_email(session, address)
    if user is not None and session.scalar(sa.select(_is_member(place)).where(User.id == user.id)):
        raise AlreadyMember
    if limit is not None:
        _hold_limit(session, place, limit)
    if user is None:
        user = user_service.find_or_create_user(
            session, email=address, display_name=display_name, locale=locale, at=at
        )
    for role in roles:
        assign_role(session, role, user_id=user.id, **place.assignment_values(role))
    actor_id = inviter.id if inviter else None
    after = {"roles": [role.name for role in roles]}
    _record(session, place, user, "invite", actor_id=actor_id, at=at, after=after)
    _send(
        session,
        place,
        user,
        place_name=place_name,
        inviter=inviter,
        invitation_url=invitation_url,
        sign_in_url=sign_in_url,
        at=at,
    )
    _tell(session, place, user, place_name=place_name, actor_id=actor_id)
    return user


def _hold_limit(session: Session, place: Place, limit: int) -> None:
    """Refuse one person more than `limit`; the vendor's row is held, so that two who invite at once do not pass it."""
    session.execute(sa.select(Vendor.id).where(Vendor.id == place.vendor_id).with_for_update(key_share=True))
    count = session.scalar(sa.select(sa.func.count()).select_from(list_statement(place).subquery())) or 0
    if count >= limit:
        raise StaffLimitReached(limit=limit)


def invite_again(
    session: Session,
    place: Place,
    user: User,
    *,
    place_name: str,
    inviter: User,
    invitation_url: Link,
    at: datetime,
) -> None:
    """Send another invitation; the link of the one before stops working.

    :raises NotInvited: when the person has chosen a password already.
    """
    if user.password_hash is not None:
        raise NotInvited
    _send(
        session,
        place,
        user,
        place_name=place_name,
        inviter=inviter,
        invitation_url=invitation_url,
        sign_in_url="",
        at=at,
    )
    _record(session, place, user, "invite_again", actor_id=inviter.id, at=at)
    _tell(session, place, user, place_name=place_name, actor_id=inviter.id)


def set_roles(
    session: Session,
    place: Place,
    user: User,
    *,
    role_ids: Iterable[int],
    reach: frozenset[str],
    actor_id: int | None,
    at: datetime,
) -> None:
    """Give somebody exactly these roles in the place; saving the same roles changes nothing.

    :raises RolesMissing, RoleTooStrong: at the field `roles`; what would be taken away counts, too.
    :raises OwnAccount, LastOwner: when they would lock themself or everybody out.
    """
    wanted = {role.id: role for role in _choose(session, place, role_ids, reach)}
    query = sa.select(RoleAssignment, Role).join(Role, Role.id == RoleAssignment.role_id)
    here = session.execute(query.where(RoleAssignment.user_id == user.id, place.assignments())).all()
    current = {row.Role.id: row.Role for row in here}
    if set(current) == set(wanted):
        return
    if user.id == actor_id:
        raise OwnAccount
    role_service.check_reach(current.values(), reach)
    if OWNER not in {role.code for role in wanted.values() if role.is_builtin}:
        refuse_last_owner(session, place, user.id)
    for row in here:
        if row.Role.id not in wanted:
            session.delete(row.RoleAssignment)
    for role in wanted.values():
        assign_role(session, role, user_id=user.id, **place.assignment_values(role))
    before = {"roles": sorted(role.name for role in current.values())}
    after = {"roles": sorted(role.name for role in wanted.values())}
    _record(session, place, user, "set_roles", actor_id=actor_id, at=at, before=before, after=after)


def remove(
    session: Session,
    place: Place,
    user: User,
    *,
    reach: frozenset[str],
    actor_id: int | None,
    at: datetime,
) -> None:
    """Take all roles of the place from somebody; their account and what they did stay.

    :raises OwnAccount, LastOwner: when they would lock themself or everybody out.
    :raises RoleTooStrong: when they may do more here than whoever asks.
    """
    if user.id == actor_id:
        raise OwnAccount
    roles = roles_by_person(session, place, [user.id]).get(user.id, [])
    role_service.check_reach(roles, reach)
    refuse_last_owner(session, place, user.id)
    ids = sa.select(RoleAssignment.id).where(RoleAssignment.user_id == user.id, place.assignments())
    for assignment in session.scalars(sa.select(RoleAssignment).where(RoleAssignment.id.in_(ids))):
        session.delete(assignment)
    before = {"roles": sorted(role.name for role in roles)}
    _record(session, place, user, "remove", actor_id=actor_id, at=at, before=before)


def refuse_last_owner(session: Session, place: Place, user_id: int) -> None:
    """Lock the vendor while counting: two owners who remove each other at once must not both succeed.

    :raises LastOwner: when this person is the only active owner of the vendor.
    """
    if place.vendor_id is None:
        return
    vendor = session.execute(
        sa.select(Vendor.name).where(Vendor.id == place.vendor_id).with_for_update()
    ).one()
    query = (
        sa.select(RoleAssignment.user_id)
        .join(Role, Role.id == RoleAssignment.role_id)
        .join(User, User.id == RoleAssignment.user_id)
        .where(
            RoleAssignment.vendor_id == place.vendor_id, Role.code == OWNER, Role.is_builtin, User.is_active
        )
    )
    if set(session.scalars(query)) == {user_id}:
        raise LastOwner(vendor=vendor.name)


def _is_member(place: Place) -> sa.ColumnElement[bool]:
    return sa.exists().where(RoleAssignment.user_id == User.id, place.assignments())


def _choose(session: Session, place: Place, role_ids: Iterable[int], reach: frozenset[str]) -> list[Role]:
    """Return the roles of these ids that can be given here."""
    wanted = set(role_ids)
    roles = [role for role in role_service.list_roles(session, place) if role.id in wanted]
    if not roles:
        raise RolesMissing
    role_service.check_reach(roles, reach)
    return roles


def _send(
    session: Session,
    place: Place,
    user: User,
    *,
    place_name: str,
    inviter: User | None,
    invitation_url: Link,
    sign_in_url: str,
    at: datetime,
) -> None:
    name = inviter.display_name if inviter else "Wizamart"
    if user.password_hash is None:
        reset_service.invite(
            session,
            user,
            inviter_name=name,
            place=place_name,
            build_url=invitation_url,
            at=at,
            payload={"vendor": place.vendor_id} if place.vendor_id else {"platform": place.platform_id},
        )
        return
    with force_locale(user.locale) if user.locale else nullcontext():
        subject = _("You have access to %(place)s", place=place_name)
        text = _(
            "Hello %(name)s,\n\n%(inviter)s gave you access to %(place)s. Sign in as usual:\n\n%(url)s",
            name=user.display_name,
            inviter=name,
            place=place_name,
            url=sign_in_url,
        )
    mail.send(session, to=user.email, subject=subject, text=text, locale=user.locale)


def _tell(session: Session, place: Place, user: User, *, place_name: str, actor_id: int | None) -> None:
    payload = events.InvitationSent(
        platform_id=place.platform_id,
        vendor_id=place.vendor_id,
        user_id=user.id,
        place=place_name,
        actor_id=actor_id,
    )
    events.invitation_sent.emit(session, payload, platform_id=place.platform_id, vendor_id=place.vendor_id)


def _record(
    session: Session,
    place: Place,
    user: User,
    action: str,
    *,
    actor_id: int | None,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    audit.record(
        session,
        action=f"tenancy.people.{action}",
        target=f"user:{user.id}",
        actor_id=actor_id,
        platform_id=place.platform_id,
        before=before,
        after=after,
        note=place.target,
        at=at,
    )
