"""The module system's tables."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from wizamart.database import Base


class PlatformModule(Base):
    """What somebody asked for: a module wanted or not on a platform, and its configuration there."""

    __tablename__ = "platform_modules"
    __table_args__ = (sa.UniqueConstraint("platform_id", "module_code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    platform_id: Mapped[int] = mapped_column(sa.ForeignKey("platforms.id", ondelete="CASCADE"))
    module_code: Mapped[str] = mapped_column(sa.String(63))
    is_enabled: Mapped[bool] = mapped_column(default=False)
    enabled_at: Mapped[datetime | None]
    enabled_by_user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"))
    disabled_at: Mapped[datetime | None]
    disabled_by_user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"))
    config: Mapped[dict[str, Any]] = mapped_column(default=dict)


class AdminMenuConfig(Base):
    """What a super admin changed in a platform's menu: one row per item that differs from its declaration."""

    __tablename__ = "admin_menu_config"
    __table_args__ = (sa.UniqueConstraint("platform_id", "frontend", "item_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    platform_id: Mapped[int] = mapped_column(sa.ForeignKey("platforms.id", ondelete="CASCADE"))
    frontend: Mapped[str] = mapped_column(sa.String(16))
    item_id: Mapped[str] = mapped_column(sa.String(120))
    is_hidden: Mapped[bool] = mapped_column(default=False)
    order: Mapped[int | None]
