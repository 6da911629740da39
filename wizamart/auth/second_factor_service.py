"""The second factor: codes from an authenticator app (TOTP, RFC 6238) and recovery codes."""

import base64
import hmac
import secrets
from datetime import datetime
from typing import Any, Final, cast

import sqlalchemy as sa
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from wizamart.auth.exceptions import SecondFactorAlreadyOn, SecondFactorNotStarted, WrongCode
from wizamart.auth.models import User
from wizamart.auth.opaque import hash_token

ISSUER: Final = "Wizamart"
STEP_SECONDS: Final = 30
CODE_LENGTH: Final = 6
RECOVERY_CODES: Final = 10
RECOVERY_BYTES: Final = 10  # 80 bits: nothing that could be guessed, so a plain hash is enough
_CLOCKS_DIFFER_BY: Final = (0, -1, 1)


def begin(session: Session, user: User) -> str:
    """Give the person a new secret, which counts once `confirm` has seen a code made with it.

    :raises SecondFactorAlreadyOn: when they have one in use.
    """
    if user.has_second_factor:
        raise SecondFactorAlreadyOn
    import pyotp

    user.totp_secret = pyotp.random_base32()
    session.flush()  # a page shows it next, from the database
    return user.totp_secret


def confirm(session: Session, user: User, *, code: str, at: datetime) -> list[str]:
    """Switch the second factor on and return the recovery codes, which nobody will see again.

    :raises SecondFactorNotStarted: without a secret.
    :raises WrongCode: when the code is not of this moment.
    """
    if user.has_second_factor:
        raise SecondFactorAlreadyOn
    if user.totp_secret is None:
        raise SecondFactorNotStarted
    step = _matching_step(user.totp_secret, _digits(code), at=at)
    if step is None:
        raise WrongCode
    user.totp_enabled_at = at
    user.totp_last_used_step = step
    return renew_recovery_codes(session, user)


def accept_code(session: Session, user: User, *, code: str, at: datetime) -> None:
    """Accept a code of the app or a recovery code, each once.

    :raises WrongCode: when it is neither, or was used before.
    """
    if not user.has_second_factor:
        raise WrongCode
    digits = _digits(code)
    if len(digits) == CODE_LENGTH and digits.isdecimal():
        step = _matching_step(user.totp_secret or "", digits, at=at)
        is_right = step is not None and _use_step(session, user, step)
    else:
        is_right = _use_recovery_code(session, user, code)
    if not is_right:
        raise WrongCode


def renew_recovery_codes(session: Session, user: User) -> list[str]:
    """Replace the recovery codes and return the new ones; only their hashes are kept."""
    codes = [_new_recovery_code() for _ in range(RECOVERY_CODES)]
    user.recovery_codes = [hash_token(_plain(code)) for code in codes]
    session.flush()  # the hashes are stored before the codes are shown
    return codes


def switch_off(session: Session, user: User) -> None:
    """Forget the second factor; switching it off twice changes nothing."""
    user.totp_secret = None
    user.totp_enabled_at = None
    user.totp_last_used_step = None
    user.recovery_codes = []
    session.flush()  # a later query in this transaction must not find it on


def build_uri(user: User) -> str:
    """Return the address that an authenticator app reads.

    :raises SecondFactorNotStarted: without a secret.
    """
    if user.totp_secret is None:
        raise SecondFactorNotStarted
    import pyotp

    return pyotp.TOTP(user.totp_secret).provisioning_uri(name=user.email, issuer_name=ISSUER)


def build_qr_svg(user: User, *, title: str) -> str:
    """Return the address as an SVG to put into a page; white behind, for dark pages have readers too."""
    import segno

    code = segno.make_qr(build_uri(user), error="m")
    return code.svg_inline(scale=5, border=3, light="#fff", title=title, svgclass="qr", lineclass=None)


def _matching_step(secret: str, digits: str, *, at: datetime) -> int | None:
    import pyotp  # here and above where they are used: few requests need a code

    totp = pyotp.TOTP(secret)
    now = int(at.timestamp()) // STEP_SECONDS
    for step in (now + offset for offset in _CLOCKS_DIFFER_BY):
        if hmac.compare_digest(totp.generate_otp(step).encode(), digits.encode()):
            return step
    return None


def _use_step(session: Session, user: User, step: int) -> bool:
    """Mark this step and all before it as used; the database decides which of two equal tries was first."""
    statement = (
        sa.update(User)
        .where(
            User.id == user.id,
            sa.or_(User.totp_last_used_step.is_(None), User.totp_last_used_step < step),
        )
        .values(totp_last_used_step=step)
    )
    return cast("CursorResult[Any]", session.execute(statement)).rowcount == 1


def _use_recovery_code(session: Session, user: User, code: str) -> bool:
    session.refresh(
        user, ["recovery_codes"], with_for_update=True
    )  # of two equal tries one waits, then fails
    wanted = hash_token(_plain(code))
    if wanted not in user.recovery_codes:
        return False
    user.recovery_codes = [known for known in user.recovery_codes if known != wanted]
    session.flush()  # while the row is locked
    return True


def _new_recovery_code() -> str:
    text = base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _plain(code: str) -> str:
    return "".join(character for character in code.lower() if character.isalnum())


def _digits(code: str) -> str:
    return "".join(code.split())
