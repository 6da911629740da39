"""Secrets at rest: encrypted with Fernet, under keys that can be replaced one after another.

`cryptography` is imported where it is used: a worker that meets no secret does without its seven megabytes.
"""

import base64
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from wizamart.config import Settings
from wizamart.exceptions import WizamartError
from wizamart.i18n import lazy_gettext as _

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

KEY_BYTES: Final = 32
_AT_REST: Final = "secrets at rest"


class SecretUnreadable(WizamartError):
    """No key that we hold opens this value: a key was removed before the values were rotated."""

    code = "secret_unreadable"
    status = 500
    message = _("A stored secret cannot be read. Please enter it again.")


class SecretsNotReady(RuntimeError):
    """Secrets were used before `init_app`: a fault of the program."""


@dataclass(frozen=True)
class _Keys:
    root: bytes
    newer: tuple[bytes, ...]

    @functools.cached_property
    def box(self) -> "MultiFernet":
        """What encrypts with the newest key and decrypts with each."""
        from cryptography.fernet import Fernet, MultiFernet

        keys = (_derive(key, _AT_REST) for key in (*self.newer, self.root))
        return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


_keys: _Keys | None = None


def init_app(settings: Settings) -> None:
    """Take the keys from the settings: the first one encrypts, all of them decrypt.

    The key derived from `secret_key` always stays the last one, so that an installation which starts to set
    `encryption_keys` can still read what it has stored before.
    """
    global _keys  # noqa: PLW0603 - column types have no other way to reach the keys
    root = settings.secret_key.get_secret_value().encode()
    _keys = _Keys(root, tuple(key.get_secret_value().encode() for key in settings.encryption_keys))


def encrypt(text: str) -> str:
    """Return the text encrypted with the newest key."""
    return _ready().box.encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Return the text that `encrypt` was given.

    :raises SecretUnreadable: when no key fits, or the token was tampered with.
    """
    from cryptography.fernet import InvalidToken

    try:
        return _ready().box.decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise SecretUnreadable from error


def rotate(token: str) -> str:
    """Return the token encrypted anew with the newest key, its time of creation kept.

    :raises SecretUnreadable: when no key fits.
    """
    from cryptography.fernet import InvalidToken

    try:
        return _ready().box.rotate(token.encode()).decode()
    except InvalidToken as error:
        raise SecretUnreadable from error


def derive_key(purpose: str) -> bytes:
    """Return a key of 32 bytes for one purpose (signing tokens, say), derived from the secret key."""
    return _derive(_ready().root, purpose)


class EncryptedText(sa.types.TypeDecorator[str]):
    """A text that stands encrypted in the database and plain in the program; it cannot be searched for."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Encrypt on the way in."""
        return None if value is None else encrypt(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Decrypt on the way out."""
        return None if value is None else decrypt(value)


def _derive(source: bytes, purpose: str) -> bytes:
    """Stretch a key into another for one purpose (HKDF, RFC 5869), so that no key serves two."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"wizamart " + purpose.encode()).derive(
        source
    )


def _ready() -> _Keys:
    if _keys is None:
        raise SecretsNotReady("call secrets.init_app(settings) first")
    return _keys
