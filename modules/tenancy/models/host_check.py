"""Proof that a host name leads to this installation."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from wizamart.database import Base


class HostCheck(Base):
    """The secret part of the address that must be opened under a host name to prove that it leads here."""

    __tablename__ = "tenancy_host_checks"

    host_id: Mapped[int] = mapped_column(
        sa.ForeignKey("platform_hosts.id", ondelete="CASCADE"), primary_key=True
    )
    token: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime]
