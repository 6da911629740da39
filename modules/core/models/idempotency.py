"""Answers kept for clients of the API that may ask twice."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from wizamart.database import Base
from wizamart.platforms import PlatformOwned


class IdempotencyKey(PlatformOwned, Base):
    """One request that was carried out: the same key gets the same answer again."""

    __tablename__ = "core_idempotency_keys"
    __table_args__ = (sa.UniqueConstraint("platform_id", "user_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(sa.String(200))
    fingerprint: Mapped[str] = mapped_column(sa.String(64))
    status: Mapped[int]
    body: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(index=True)
