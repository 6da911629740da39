"""What monitoring puts on the dashboard."""

from flask import url_for
from sqlalchemy.orm import Session

from modules.core.schemas.dashboard import DashboardCard
from modules.monitoring.services import task_service
from wizamart.i18n import lazy_gettext as _
from wizamart.module_system.contributions import contributes
from wizamart.module_system.definition import FrontendType


@contributes("core.dashboard_card", order=900)
def failed_tasks(
    session: Session, *, platform_id: int, vendor_id: int | None, frontend: FrontendType
) -> DashboardCard | None:
    """Remind operators of the tasks that wait for them."""
    count = task_service.count_dead(session, platform_id, vendor_id)
    if frontend is not FrontendType.ADMIN or not count:
        return None
    return DashboardCard(
        title=_("Failed background tasks"),
        value=count,
        icon="alert-triangle",
        url=url_for("monitoring_admin.task_list", status="dead"),
        permission="monitoring:task:read",
        tone="bad",
        todo=True,
    )
