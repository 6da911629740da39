"""The table of health reports, one for each step of the clock."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from wizamart.database import Base


class HealthSample(Base):
    """How the installation was at a time. It belongs to no platform: health is that of the whole."""

    __tablename__ = "monitoring_health_samples"

    id: Mapped[int] = mapped_column(primary_key=True)
    taken_at: Mapped[datetime] = mapped_column(unique=True)
    status: Mapped[str] = mapped_column(sa.String(16), index=True)
    checks: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON)
