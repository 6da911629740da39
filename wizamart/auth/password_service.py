"""Passwords: the policy, and argon2 hashing that cannot be used to exhaust the machine."""

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from wizamart.auth.exceptions import PasswordRefused
from wizamart.exceptions import Unavailable
from wizamart.i18n import gettext as _

if TYPE_CHECKING:
    from pwdlib import PasswordHash

MIN_LENGTH: Final = 12
MAX_LENGTH: Final = 256
PARALLEL_HASHES: Final = 2
WAIT_SECONDS: Final = 5.0
MIN_DIFFERENT_CHARACTERS: Final = 5

# What people type when they are asked for twelve characters, without digits, spaces and signs.
COMMON_WORDS: Final = frozenset(
    {
        "password",
        "passwort",
        "passwordpassword",
        "passwortpasswort",
        "motdepasse",
        "letmeinplease",
        "iloveyou",
        "qwertyuiop",
        "qwertyuiopasdf",
        "qwertzuiop",
        "azertyuiop",
        "administrator",
        "adminadmin",
        "adminadminadmin",
        "welcome",
        "welcomewelcome",
        "changeme",
        "changemeplease",
        "wizamart",
        "wizamartwizamart",
        "correcthorsebatterystaple",
        "letzebuerg",
        "luxembourg",
        "abcdefghijkl",
        "abcdefghijklm",
        "supersecret",
        "secretsecret",
    }
)

_slots = threading.BoundedSemaphore(PARALLEL_HASHES)
_cost: dict[str, Any] = {}
_dummy_hash: str | None = None


def use_cheap_hashes() -> None:
    """Hash with the least cost, for test suites; such a hash is replaced at the next sign-in elsewhere."""
    global _dummy_hash  # noqa: PLW0603 - one a process
    _cost.update(time_cost=1, memory_cost=8, parallelism=1)
    _hasher.cache_clear()
    _dummy_hash = None


@functools.cache
def _hasher() -> "PasswordHash":
    # Loaded by whoever hashes: most workers never do.
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher

    return PasswordHash((Argon2Hasher(**_cost),))


def check_policy(password: str, *, email: str) -> None:
    """Refuse a password that is easy to guess, naming every rule it breaks.

    The rules are those of NIST SP 800-63B: length and a list of common ones, no classes of characters.

    :raises PasswordRefused: with `errors["password"]`.
    """
    problems = list(_problems(password, email=email))
    if problems:
        raise PasswordRefused({"password": problems})


def hash_password(password: str) -> str:
    """Return the hash to store; takes about 0.2 s of processor time.

    :raises Unavailable: when too many others hash at this moment.
    """
    with _slot():
        return _hasher().hash(password)


def verify(password: str, password_hash: str | None) -> tuple[bool, str | None]:
    """Tell whether the password fits, and the hash to store instead where the stored one is too cheap.

    Without a hash (nobody has this address, or they have no password yet) one is computed all the same, so that
    the time taken tells nothing.

    :raises Unavailable: when too many others hash at this moment.
    """
    from pwdlib.exceptions import UnknownHashError

    dummy = _dummy()  # made by the first sign-in of a process, whoever it is
    known = password_hash or dummy
    with _slot():
        try:
            fits, newer = _hasher().verify_and_update(password[: MAX_LENGTH + 1], known)
        except UnknownHashError:
            return False, None
    return (fits, newer) if password_hash else (False, None)


def _problems(password: str, *, email: str) -> Iterator[str]:
    if len(password) < MIN_LENGTH:
        yield _("Use at least %(count)s characters; a sentence is fine.", count=MIN_LENGTH)
    if len(password) > MAX_LENGTH:
        yield _("Use at most %(count)s characters.", count=MAX_LENGTH)
    plain = password.casefold()
    address = email.casefold()
    name = address.partition("@")[0]
    if address and (plain == address or plain.strip("0123456789!.?-_ ") in {address, name}):
        yield _("Do not use your e-mail address.")
    if password and (plain.isdecimal() or _letters(plain) in COMMON_WORDS):
        yield _("This password is among the first that others would try.")
    elif password and len(set(plain)) < MIN_DIFFERENT_CHARACTERS:
        yield _("Use more different characters.")


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalpha())


def _dummy() -> str:
    global _dummy_hash  # noqa: PLW0603 - made once, at the cost in use
    if _dummy_hash is None:
        _dummy_hash = hash_password("nobody has this password")
    return _dummy_hash


@contextmanager
def _slot() -> Iterator[None]:
    """Let only a few hash at once: each takes a processor and 64 MiB."""
    if not _slots.acquire(timeout=WAIT_SECONDS):
        raise Unavailable
    try:
        yield
    finally:
        _slots.release()
