"""Random tokens that mean nothing by themselves: the holder has the token, the database its hash."""

import hashlib
import secrets
from typing import Final

TOKEN_BYTES: Final = 32


def new_token() -> str:
    """Return 256 random bits as text that is safe in a URL."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> str:
    """Return what is stored; a plain SHA-256 is enough for text that nobody can guess."""
    return hashlib.sha256(token.encode()).hexdigest()
