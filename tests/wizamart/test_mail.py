import socketserver
import threading
from datetime import UTC, datetime
from email import message_from_bytes, policy
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from flask import Flask

from wizamart import clock, mail, queue
from wizamart.config import Settings
from wizamart.database import db, init_app, unit_of_work
from wizamart.mail import Mail, MailRefused, MailStatus
from wizamart.platforms import Platform, Vendor, scoped
from wizamart.queue import TaskStatus
from wizamart.queue.execution import run_task


class SmtpHandler(socketserver.StreamRequestHandler):
    """Just enough SMTP to receive a message, or to refuse the recipient."""

    def handle(self):
        self.reply("220 ready")
        while line := self.rfile.readline().decode().strip().upper():
            if line == "DATA":
                self.reply("354 go on")
                self.server.received.append(self.read_message())
                self.reply("250 taken")
            elif line == "QUIT":
                self.reply("221 bye")
                return
            elif line.startswith("RCPT") and self.server.refusing:
                self.reply("451 come back later")
            else:
                self.reply("250 fine")

    def reply(self, text):
        self.wfile.write(f"{text}\r\n".encode())

    def read_message(self):
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        return message_from_bytes(b"".join(lines), policy=policy.default)


@pytest.fixture
def smtp():
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), SmtpHandler)
    server.received, server.refusing = [], False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def app(tmp_path):
    app = Flask(__name__)
    url = f"sqlite:///{tmp_path / 'mail.db'}"
    app.extensions["settings"] = Settings(_env_file=None, environment="testing", database_url=url)
    init_app(app, database_url=url)
    with app.app_context():
        tables = [known.__table__ for known in (Platform, Vendor, queue.Task, queue.Lease, Mail)]
        db.metadata.create_all(db.engine, tables=tables)
        with unit_of_work() as session:
            session.add(Platform(id=1, code="p1", name="P1", created_at=clock.now()))
    yield app
    with app.app_context():
        db.engine.dispose()


def use_server(app, smtp):
    settings = app.extensions["settings"]
    port = smtp.server_address[1]
    app.extensions["settings"] = settings.model_copy(update={"mail_url": f"smtp://127.0.0.1:{port}"})


def write(app, **values):
    defaults = {"to": "anna@example.com", "subject": "Grüezi", "text": "Hello"}
    with app.app_context(), unit_of_work() as session:
        return mail.send(session, **(defaults | values)).id


def read(app, mail_id):
    with app.app_context(), db.engine.connect() as connection:
        row = connection.execute(sa.select(Mail.__table__).where(Mail.id == mail_id)).one()
        task_id = connection.scalar(sa.select(sa.func.max(queue.Task.id)))
        return row, task_id


def test_a_mail_is_delivered_by_a_task_after_the_commit(app, smtp):
    use_server(app, smtp)
    mail_id = write(app, html="<p>Hello</p>", locale="de")
    row, task_id = read(app, mail_id)
    assert (row.status, smtp.received) == (MailStatus.QUEUED, [])

    assert run_task(app, task_id) == TaskStatus.SUCCEEDED

    row, _task_id = read(app, mail_id)
    assert (row.status, row.attempts) == (MailStatus.SENT, 1)
    assert row.sent_at is not None
    (message,) = smtp.received
    assert message["Subject"] == "Grüezi"
    assert message["Content-Language"] == "de"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_a_mail_that_cannot_be_delivered_says_why_and_is_tried_again(app, smtp):
    use_server(app, smtp)
    smtp.refusing = True
    mail_id = write(app)
    _row, task_id = read(app, mail_id)

    assert run_task(app, task_id) == TaskStatus.FAILED

    row, _task_id = read(app, mail_id)
    assert (row.status, row.attempts) == (MailStatus.FAILED, 1)
    assert "come back later" in row.error
    smtp.refusing = False
    with app.app_context(), unit_of_work() as session:
        queue.retry_task(session, queue.get_task(session, task_id), at=clock.now())
    assert run_task(app, task_id) == TaskStatus.SUCCEEDED
    assert read(app, mail_id)[0].status == MailStatus.SENT


def test_without_a_server_a_mail_is_kept(app):
    mail_id = write(app)

    assert run_task(app, read(app, mail_id)[1]) == TaskStatus.SUCCEEDED

    assert read(app, mail_id)[0].status == MailStatus.KEPT


def test_the_same_key_writes_one_mail(app):
    assert write(app, key="order-7") == write(app, key="order-7", text="again")


def test_a_mail_belongs_to_the_platform_in_whose_scope_it_was_written(app):
    with app.app_context(), unit_of_work() as session, scoped(session, 1):
        mail_id = mail.send(session, to="a@example.com", subject="s", text="t").id

    assert read(app, mail_id)[0].platform_id == 1


@pytest.mark.parametrize(
    "values",
    [
        {"subject": "Hi\r\nBcc: everyone@example.com"},
        {"to": "a@example.com\nBcc: b@example.com"},
        {"to": "a@example.com, b@example.com"},
        {"to": "nobody"},
        {"to": ""},
        {"subject": "tab\x00"},
    ],
)
def test_headers_that_could_carry_more_headers_are_refused(app, values):
    with pytest.raises(MailRefused):
        write(app, **values)


def test_the_message_id_is_the_same_at_each_attempt():
    row = SimpleNamespace(
        id=7,
        to="a@example.com",
        subject="s",
        text="t",
        html=None,
        locale=None,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )

    first, second = (mail.build_message(row, sender="Shop <shop@example.org>") for _ in range(2))

    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].endswith("@example.org>")


def test_a_mail_url_of_another_kind_is_refused():
    with pytest.raises(ValueError, match="smtp://"):
        mail.deliver(SimpleNamespace(), mail_url="http://example.com")
