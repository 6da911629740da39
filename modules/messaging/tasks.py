"""What messaging does by itself."""

from datetime import timedelta
from typing import cast

from modules.messaging.config import MessagingConfig
from modules.messaging.services import inbox_service
from wizamart import clock
from wizamart.module_system.config_service import get_module_config
from wizamart.queue import TaskContext, schedule


@schedule("messaging.delete_old_notifications", every="daily at 03:20")
def delete_old_notifications(context: TaskContext) -> int:
    """Delete what was read long ago."""
    if context.platform_id is None:
        return 0
    config = cast("MessagingConfig", get_module_config(context.session, context.platform_id, "messaging"))
    return inbox_service.delete_read(context.session, before=clock.now() - timedelta(days=config.keep_days))
