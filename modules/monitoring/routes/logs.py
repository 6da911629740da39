"""Log records, slow requests and mails."""

from flask import render_template, request

from modules.monitoring.routes.blueprints import admin as bp, current_config, module_choices, show
from modules.monitoring.services import log_service, mail_service, task_service
from wizamart.database import db
from wizamart.i18n import gettext as _, lazy_gettext, lazy_pgettext
from wizamart.logging import KEPT_RECORDS, LEVELS
from wizamart.mail import Mail, MailStatus
from wizamart.permissions import requires
from wizamart.web.tables import Column, Filter, Table

MAIL_LABELS = {
    MailStatus.QUEUED: lazy_pgettext("mail", "Queued"),
    MailStatus.SENT: lazy_pgettext("mail", "Sent"),
    MailStatus.KEPT: lazy_pgettext("mail", "Kept, no mail server is set"),
    MailStatus.FAILED: lazy_pgettext("mail", "Failed"),
}
MAIL_TONES = {MailStatus.SENT: "good", MailStatus.KEPT: "warn", MailStatus.FAILED: "bad"}
MAIL_COLUMNS = (
    Column("to", lazy_gettext("To"), Mail.to),
    Column("subject", lazy_gettext("Subject")),
    Column("status", lazy_gettext("Status")),
    Column("platform", lazy_gettext("Platform")),
    Column("attempts", lazy_gettext("Attempts"), align="end"),
    Column("created", lazy_gettext("Written"), Mail.id),
)


def _wanted() -> dict[str, str]:
    """Return what the query string narrows the records to."""
    return {name: request.args.get(name, "").strip()[:128] for name in ("request_id", "module", "level")}


@bp.get("/logs")
@requires("monitoring:log:read")
def log_list() -> str:
    """Show this process's newest log records."""
    wanted = _wanted()
    return show(
        "log_list.html",
        wanted=wanted,
        lines=log_service.list_lines(**wanted),
        is_live="paused" not in request.args,
        modules=module_choices(),
        levels=list(LEVELS),
        kept=KEPT_RECORDS,
    )


@bp.get("/logs/lines")
@requires("monitoring:log:read")
def log_line_list() -> str:
    """Answer the newest records alone; a page that is not paused asks again and again."""
    wanted = _wanted()
    return render_template(
        "monitoring/admin/_log_lines.html",
        wanted=wanted,
        lines=log_service.list_lines(**wanted),
        is_live="paused" not in request.args,
    )


@bp.get("/logs/slow-requests")
@requires("monitoring:log:read")
def log_slow_request_list() -> str:
    """Show the slow ones among the requests that this process remembers."""
    threshold = current_config().slow_request_milliseconds
    rows = log_service.list_slow_requests(milliseconds=threshold)
    return show("slow_request_list.html", rows=rows, threshold=threshold, kept=KEPT_RECORDS)


@bp.get("/logs/mails")
@requires("monitoring:mail:read")
def log_mail_list() -> str:
    """List the mails without what they say."""
    session = db.session()
    table = Table.from_select(
        session,
        mail_service.select_mails(),
        columns=MAIL_COLUMNS,
        search=[Mail.to, Mail.subject],
        filters=[
            Filter("status", _("Any status"), Mail.status, choices=list(MAIL_LABELS.items())),
            Filter(
                "platform", _("Any platform"), Mail.platform_id, choices=task_service.list_platforms(session)
            ),
        ],
        default_sort="-created",
        no_count=True,
    )
    return show("mail_list.html", table=table, labels=MAIL_LABELS, tones=MAIL_TONES)
