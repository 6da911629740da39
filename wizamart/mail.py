"""Mail: a row written in the business transaction, delivered afterwards by a task."""

import enum
import re
from datetime import datetime
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any, Final, cast
from urllib.parse import parse_qs, unquote, urlsplit

import sqlalchemy as sa
import structlog
from flask import current_app
from sqlalchemy.orm import Mapped, Session, mapped_column

from wizamart import clock
from wizamart.config import Settings
from wizamart.database import Base, db, immediate_connection
from wizamart.exceptions import InvalidInput
from wizamart.i18n import lazy_gettext as _
from wizamart.platforms import get_scope
from wizamart.queue import TaskContext, enqueue, task

log = structlog.get_logger(__name__)

SEND_TASK: Final = "framework.send_mail"
SMTP_TIMEOUT: Final = 20.0
LONGEST_SUBJECT: Final = 255
CONTROL_CHARACTER: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class MailStatus(enum.StrEnum):
    """Where a mail stands; a kept one was written while no mail server was configured."""

    QUEUED = "queued"
    SENT = "sent"
    KEPT = "kept"
    FAILED = "failed"


class Mail(Base):
    """A mail to one recipient; with a `key` it is written once, however often it is asked for."""

    __tablename__ = "mails"

    id: Mapped[int] = mapped_column(primary_key=True)
    platform_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("platforms.id", ondelete="CASCADE"), index=True
    )
    to: Mapped[str] = mapped_column(sa.String(320))
    subject: Mapped[str] = mapped_column(sa.String(LONGEST_SUBJECT))
    text: Mapped[str] = mapped_column(sa.Text)
    html: Mapped[str | None] = mapped_column(sa.Text)
    locale: Mapped[str | None] = mapped_column(sa.String(16))
    key: Mapped[str | None] = mapped_column(sa.String(200), unique=True)
    status: Mapped[str] = mapped_column(sa.String(16), default=MailStatus.QUEUED, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(sa.Text)
    sent_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class MailRefused(InvalidInput):
    """A line break in a header would let a writer add headers and recipients of their own."""

    code = "mail.refused"
    message = _("This address or subject cannot be used in a mail.")


def send(
    session: Session,
    *,
    to: str,
    subject: str,
    text: str,
    html: str | None = None,
    locale: str | None = None,
    key: str | None = None,
) -> Mail:
    """Write a mail that leaves once the transaction has committed; a `key` used before returns that mail.

    :raises MailRefused: on an address that is none, or a line break in address or subject.
    """
    to, subject = str(to).strip(), str(subject)
    _refuse_bad_headers(to, subject)
    if key is not None:
        known = session.scalar(sa.select(Mail).where(Mail.key == key))
        if known is not None:
            return known
    scope = get_scope(session)
    mail = Mail(
        platform_id=scope.platform_id if scope else None,
        to=to,
        subject=subject[:LONGEST_SUBJECT],
        text=str(text),
        html=str(html) if html is not None else None,
        locale=locale,
        key=key,
        status=MailStatus.QUEUED,
        created_at=clock.now(),
    )
    session.add(mail)
    session.flush()  # the task names the row by its id
    enqueue(session, SEND_TASK, {"mail_id": mail.id}, platform_id=mail.platform_id, locale=locale)
    return mail


def build_message(row: Any, *, sender: str) -> EmailMessage:
    """Build the message of a mail row; its Message-ID stays the same at each attempt, so doubles show."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = row.to
    message["Subject"] = row.subject
    message["Date"] = row.created_at
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    message["Message-ID"] = f"<mail-{row.id}-{int(row.created_at.timestamp() * 1000)}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(row.text)
    if row.html:
        message.add_alternative(row.html, subtype="html")
    if row.locale:  # setting the content has cleared every Content- header
        message["Content-Language"] = row.locale
    return message


def deliver(message: EmailMessage, *, mail_url: str) -> None:
    """Hand the message to the server that `smtp://user:password@host:port?tls=1` or `smtps://…` names."""
    url = urlsplit(mail_url)
    if url.scheme not in {"smtp", "smtps"} or not url.hostname:
        raise ValueError("mail_url must begin with smtp:// or smtps:// and name a host")
    # Most processes never send: they leave it to a worker.
    import smtplib
    import ssl

    context = ssl.create_default_context()
    server: smtplib.SMTP
    if url.scheme == "smtps":
        server = smtplib.SMTP_SSL(url.hostname, url.port or 465, timeout=SMTP_TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(url.hostname, url.port or 25, timeout=SMTP_TIMEOUT)
    with server:
        if url.scheme == "smtp" and parse_qs(url.query).get("tls") == ["1"]:
            server.starttls(context=context)
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(message)


@task(SEND_TASK, max_attempts=8, timeout=120)
def send_mail(context: TaskContext, mail_id: int) -> str:
    """Deliver one mail; the server is asked before the transaction begins, so that none waits for it."""
    settings = cast("Settings", current_app.extensions["settings"])
    with db.engine.connect() as connection:
        row = connection.execute(sa.select(Mail.__table__).where(Mail.id == mail_id)).first()
    if row is None or row.status == MailStatus.SENT:
        return "nothing to send"
    values: dict[str, Any] = {"attempts": row.attempts + 1, "error": None}
    if settings.mail_url:
        try:
            deliver(build_message(row, sender=settings.mail_sender), mail_url=settings.mail_url)
        except Exception as error:
            _record_failure(mail_id, row.attempts + 1, error)
            raise
        values |= {"status": MailStatus.SENT, "sent_at": clock.now()}
    else:
        values |= {"status": MailStatus.KEPT}
        log.info("mail_kept", mail_id=mail_id, subject=row.subject)
    context.session.execute(sa.update(Mail).where(Mail.id == mail_id).values(**values))
    return str(values["status"])


def _record_failure(mail_id: int, attempts: int, error: Exception) -> None:
    """Keep the error although the task's own transaction rolls back."""
    values = {"status": MailStatus.FAILED, "attempts": attempts, "error": f"{type(error).__name__}: {error}"}
    with immediate_connection(db.engine) as connection:
        connection.execute(sa.update(Mail).where(Mail.id == mail_id).values(**values))


def _refuse_bad_headers(to: str, subject: str) -> None:
    for field, value in (("to", to), ("subject", subject)):
        if CONTROL_CHARACTER.search(value):
            raise MailRefused({field: [str(MailRefused.message)]})
    try:
        from email.headerregistry import Address  # half a megabyte, for whoever sends

        address = Address(addr_spec=to)
    except Exception as error:  # its parser raises whatever its parts raise
        raise MailRefused({"to": [str(MailRefused.message)]}) from error
    if not address.username or not address.domain:
        raise MailRefused({"to": [str(MailRefused.message)]})
