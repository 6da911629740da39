"""Asking the application itself for what one of its addresses sends, in the name of a person who asked for it.

A task cannot know how a view puts its list together; asked like this, the view runs as it always does, with the
person's permissions as they are at that moment, in the tenant that the address leads to.
"""

import functools
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from typing import IO, Any, Final, Self

from flask import request
from werkzeug.http import parse_options_header
from werkzeug.wrappers import Response

from wizamart.auth.login import STAND_IN_KEY
from wizamart.exceptions import NotFound, RuleViolation, Unavailable
from wizamart.i18n import LOCALE_COOKIE, lazy_gettext as _, locale_cookie
from wizamart.web.downloads import SPOOL_BYTES

ERRAND_KEY: Final = "wizamart.errand"
PIECE_BYTES: Final = 512 * 1024


class ErrandStopped(RuleViolation):
    """Nobody waits for the file any more."""

    code = "export.stopped"
    message = _("Making this file was stopped.")


@dataclass(slots=True)
class Errand:
    """What is asked for, and how far it is: written by the thread that works on it, read by the one that waits."""

    address: str
    host_url: str
    user_id: int
    locale: str
    total: int = 0
    written: int = 0
    is_stopped: bool = False

    @property
    def percent(self) -> int:
        """How much is written, as far as it is known how much there is; the last step is keeping it."""
        return min(99, 100 * self.written // self.total) if self.total else 0

    def note(self, written: int) -> None:
        """Write down how many rows are written.

        :raises ErrandStopped: when nobody waits any more.
        """
        self.written = written
        if self.is_stopped:
            raise ErrandStopped


@dataclass(slots=True)
class Answer:
    """What the address sent: a file, or in `problem` the reason why there is none."""

    file: IO[bytes] | None = None
    file_name: str = ""
    problem: str = ""

    def pieces(self) -> Iterator[bytes]:
        """Yield the file from its beginning."""
        return iter(functools.partial(self.file.read, PIECE_BYTES), b"") if self.file else iter(())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.file is not None:
            self.file.close()


def current_errand() -> Errand | None:
    """Return the errand that the request at work is, if it is one."""
    found: Errand | None = request.environ.get(ERRAND_KEY)
    return found


def carry_out(app: Any, errand: Errand, *, report: Callable[[int], None], every: float = 1.0) -> Answer:
    """Ask in a thread and tell meanwhile, every so many seconds, how far it is (0 to 99 percent).

    What `report` raises stops the work.

    :raises Unavailable: when the application had a fault, which may be over at another try.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="errand") as pool:
        asked = pool.submit(_ask, app, errand)
        try:
            while not wait([asked], timeout=every).done:
                report(errand.percent)
        except BaseException:
            errand.is_stopped = True
            raise
        return asked.result()


def _ask(app: Any, errand: Errand) -> Answer:
    from werkzeug.test import EnvironBuilder  # only tasks ask so

    builder = EnvironBuilder(
        path=errand.address,
        base_url=errand.host_url,
        headers=[
            ("Accept", "application/problem+json, */*;q=0.5"),
            ("Cookie", f"{LOCALE_COOKIE}={locale_cookie(errand.locale, errand.user_id)}"),
        ],
        environ_overrides={STAND_IN_KEY: errand.user_id, ERRAND_KEY: errand},
    )
    with closing(Response.from_app(app.wsgi_app, builder.get_environ())) as response:
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Unavailable
        kind, options = parse_options_header(response.headers.get("Content-Disposition"))
        if kind != "attachment":
            details = response.get_json(silent=True)
            told = details.get("detail") if isinstance(details, dict) else None
            return Answer(problem=told or str(NotFound.message))
        file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 - whoever asked closes it
        for piece in response.iter_encoded():
            file.write(piece)
        file.seek(0)
        return Answer(file=file, file_name=options.get("filename", ""))
