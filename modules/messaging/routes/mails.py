"""The delivery log: which mails left, which wait, which failed."""

from typing import Any, cast

from flask import Response, render_template, url_for

from modules.messaging.routes.blueprints import admin
from modules.messaging.services import mail_service
from wizamart.database import db
from wizamart.i18n import lazy_gettext as _
from wizamart.mail import Mail, MailStatus
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.web.exports import export_table
from wizamart.web.tables import Column, Filter, Table

STATUSES = (
    (MailStatus.QUEUED, _("Waiting")),
    (MailStatus.SENT, _("Sent")),
    (MailStatus.KEPT, _("Not sent: no mail server")),
    (MailStatus.FAILED, _("Failed")),
)
COLUMNS = (
    Column("created_at", _("Written"), sort=Mail.created_at),
    Column("to", _("To"), sort=Mail.to),
    Column("subject", _("Subject")),
    Column("status", _("Status"), sort=Mail.status),
    Column("attempts", _("Attempts"), align="end"),
    Column("sent_at", _("Sent"), sort=Mail.sent_at),
)
OPTIONS: dict[str, Any] = {
    "columns": COLUMNS,
    "search": (Mail.to, Mail.subject),
    "filters": (
        Filter("status", _("Any status"), Mail.status, choices=STATUSES),
        Filter("created", _("Written"), Mail.created_at, kind="date_range"),
    ),
    "default_sort": "-created_at",
}


@admin.get("/messages/mails")
@requires("messaging:mail:read")
def mail_list() -> str:
    """Show the platform's mails without their texts, in which there may be links that sign somebody in."""
    table = Table.from_select(db.session(), mail_service.select_mails(current_platform.id), **OPTIONS)
    return render_template(
        "messaging/admin/mail_list.html",
        table=table,
        labels=dict(STATUSES),
        counts=mail_service.count_by_status(db.session(), current_platform.id),
        export_url=url_for(".mail_export", _external=False, **cast("Any", table.state)),
    )


@admin.get("/messages/mails.csv")
@requires("messaging:mail:read")
def mail_export() -> Response:
    """Return the mails that the list shows over all its pages."""
    statement = mail_service.select_mails(current_platform.id)
    return export_table(db.session(), statement, name="mails", **OPTIONS)
