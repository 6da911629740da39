"""One's own profile: name, language, time zone, theme, password, second factor, sessions. The same everywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from modules.core.exceptions import WrongCurrentPassword
from modules.core.schemas.profile import PasswordInput, ProfileInput
from modules.core.services.settings_service import list_time_zones
from wizamart import audit
from wizamart.auth import second_factor_service, session_service, sign_in, user_service
from wizamart.auth.models import User, UserSession
from wizamart.i18n import gettext as _, language_name


@dataclass(frozen=True, slots=True)
class Device:
    """A browser in which somebody is signed in."""

    id: int
    browser: str
    ip: str
    last_seen_at: datetime
    is_current: bool


# The first of these that a browser's own description holds is what people call it.
BROWSERS = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux")
NAMES = {"Edg": "Edge", "OPR": "Opera", "Mac OS X": "macOS"}


def list_choices(locales: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """Return the languages of the platform and the time zones, each with "as the platform" first."""
    nothing = ("", _("As the platform"))
    return {
        "locale": [nothing, *((code, language_name(code)) for code in locales)],
        "time_zone": [nothing, *((name, name.replace("_", " ")) for name in list_time_zones())],
    }


def update_profile(session: Session, user_id: int, wanted: ProfileInput) -> User:
    """Save how somebody is called and how pages speak to them."""
    user = user_service.get_user_to_change(session, user_id)
    user.display_name = wanted.display_name
    user.locale = wanted.locale or None
    user.time_zone = wanted.time_zone or None
    user.theme = wanted.theme
    user.preferences = {
        **user.preferences,
        "more_contrast": wanted.more_contrast,
        "shortcuts": wanted.shortcuts,
    }
    return user


def set_theme(session: Session, user_id: int, theme: str) -> None:
    """Save the theme alone."""
    user_service.get_user(session, user_id).theme = theme


def change_password(
    session: Session, user_id: int, wanted: PasswordInput, *, keep_session_id: int | None, at: datetime
) -> None:
    """Give somebody a new password; every other session and every token of theirs ends.

    :raises WrongCurrentPassword: when the current one does not fit.
    :raises TooManyRequests: after too many wrong ones.
    :raises PasswordRefused: when the new one breaks a rule.
    """
    user = user_service.get_user(session, user_id)
    if not sign_in.is_password_of(session, user, password=wanted.current.get_secret_value(), at=at):
        raise WrongCurrentPassword({"current": [str(WrongCurrentPassword.message)]})
    user_service.set_password(
        session, user, wanted.password.get_secret_value(), at=at, keep_session_id=keep_session_id
    )
    _record(session, user, "core.profile.password", at)


def disable_second_factor(session: Session, user_id: int, *, at: datetime) -> None:
    """Forget the second factor; the caller has asked for a code before."""
    user = user_service.get_user(session, user_id)
    second_factor_service.switch_off(session, user)
    _record(session, user, "core.profile.second_factor_off", at)


def renew_recovery_codes(session: Session, user_id: int, *, at: datetime) -> list[str]:
    """Replace the recovery codes and return the new ones, which nobody sees again."""
    user = user_service.get_user(session, user_id)
    codes = second_factor_service.renew_recovery_codes(session, user)
    _record(session, user, "core.profile.recovery_codes", at)
    return codes


def list_devices(session: Session, user_id: int, *, current_id: int | None, at: datetime) -> list[Device]:
    """Return where somebody is signed in, the browser at hand first; not where a code is still asked for."""
    asks_for_code = user_service.get_user(session, user_id).has_second_factor
    devices = [
        _device(row, current_id)
        for row in session_service.list_sessions(session, user_id, at=at)
        if row.second_factor_at is not None or not asks_for_code
    ]
    return sorted(devices, key=lambda device: not device.is_current)


def _device(row: UserSession, current_id: int | None) -> Device:
    agent = row.user_agent or ""
    browser = next((name for name in BROWSERS if name in agent), "")
    system = next((name for name in SYSTEMS if name in agent), "")
    words = [NAMES.get(word, word) for word in (browser, system) if word]
    return Device(
        row.id, ", ".join(words) or _("Unknown browser"), row.ip or "", row.last_seen_at, row.id == current_id
    )


def _record(session: Session, user: User, action: str, at: datetime) -> None:
    audit.record(session, action=action, target=f"user:{user.id}", actor_id=user.id, platform_id=None, at=at)
