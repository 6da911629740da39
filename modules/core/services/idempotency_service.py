"""Idempotency keys: a request that comes twice is carried out once and answered twice."""

import hashlib
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from modules.core.exceptions import IdempotencyKeyReused
from modules.core.models.idempotency import IdempotencyKey

LONGEST_KEY = 200


def fingerprint_of(method: str, path: str, body: bytes) -> str:
    """Return what tells two requests apart."""
    return hashlib.sha256(b"\n".join((method.encode(), path.encode(), body))).hexdigest()


def find_answer(session: Session, *, user_id: int, key: str, fingerprint: str) -> tuple[int, Any] | None:
    """Return the status and body kept under this key, if there are any.

    :raises IdempotencyKeyReused: when the key stands for another request.
    """
    query = sa.select(IdempotencyKey).where(IdempotencyKey.user_id == user_id, IdempotencyKey.key == key)
    kept = session.scalars(query).one_or_none()
    if kept is None:
        return None
    if kept.fingerprint != fingerprint:
        raise IdempotencyKeyReused
    return kept.status, kept.body


def keep_answer(
    session: Session, *, user_id: int, key: str, fingerprint: str, status: int, body: Any, at: datetime
) -> None:
    """Keep an answer in the transaction of what it answers.

    :raises IdempotencyKeyReused: when the same key was used at the same moment; its request is the one that counts.
    """
    session.add(
        IdempotencyKey(
            user_id=user_id, key=key, fingerprint=fingerprint, status=status, body=body, created_at=at
        )
    )
    try:
        session.flush()  # so that a key used twice at once is noticed here, where it can be said
    except IntegrityError as error:
        raise IdempotencyKeyReused from error


def delete_older(session: Session, *, before: datetime) -> int:
    """Forget the answers given before this time, on every platform the session may see; return how many."""
    statement = (
        sa.delete(IdempotencyKey).where(IdempotencyKey.created_at < before).returning(IdempotencyKey.id)
    )
    return len(session.scalars(statement).all())
