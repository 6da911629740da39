"""Killing a server that works: clients that ask again until they are answered, and the one who kills."""

import http.client
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from wizamart.config import ROOT
from wizamart.testing.servers import Server

PRELOAD = {"GUNICORN_CMD_ARGS": "--preload"}  # a killed worker is replaced by a fork, at once
SECONDS = 20
SERVICE_UNAVAILABLE = 503


@dataclass(frozen=True)
class Answer:
    """What a server said."""

    status_code: int
    text: str
    headers: dict[str, str]


@dataclass
class Browser:
    """Keeps cookies; where the connection breaks, or the server asks for it, it sends the same again, as people do."""

    server: Server
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._insist("GET", path, "", {})

    def post(self, path: str, data: dict[str, str], headers: dict[str, str] | None = None) -> Answer:
        """Send a form."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._insist("POST", path, urlencode(data), {**kind, **(headers or {})})

    def post_once(self, path: str, data: dict[str, str]) -> Answer | None:
        """Send a form and never again; None where the connection broke before the answer."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            return self._send("POST", path, urlencode(data), kind)
        except (ConnectionError, http.client.HTTPException):
            return None

    def _insist(self, method: str, path: str, body: str, headers: dict[str, str]) -> Answer:
        for _try in range(SECONDS):
            try:
                answer = self._send(method, path, body, headers)
            except (ConnectionError, http.client.HTTPException):
                continue
            if answer.status_code != SERVICE_UNAVAILABLE:
                return answer
        raise AssertionError(f"{method} {path} was never answered")

    def _send(self, method: str, path: str, body: str, headers: dict[str, str]) -> Answer:
        parts = urlsplit(self.server.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=SECONDS)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body, {**self.headers, **headers, "Cookie": cookie})
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: one.value for name, one in SimpleCookie(line).items()}
        return Answer(response.status, text, dict(response.headers))


@contextmanager
def serving(environment: Mapping[str, str]) -> Iterator[Server]:
    """Run `wizamart serve` for the block: one process answers and works off tasks, and is forked anew when it dies."""
    process = subprocess.Popen(
        [sys.executable, "-m", "wizamart.cli", "serve", "--port", "0"],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        address = next(found[0] for line in process.stdout if (found := re.search(r"http://[\d.:]+", line)))
        yield Server(address, process)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


def browser_of(server: Server, client: Any) -> Browser:
    """Return a browser with the session and the token of a signed-in test client."""
    token = client.environ_base["HTTP_X_CSRFTOKEN"]
    return Browser(server, {"X-CSRFToken": token}, {"wizamart": client.get_cookie("wizamart").value})


def kill_worker(server: Server) -> None:
    """Kill the process that answers requests, without a word of warning."""
    pid = server.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    for child in re.findall(r"\d+", children):
        os.kill(int(child), signal.SIGKILL)


def work_and_kill(server: Server, jobs: list[Callable[[int], None]], *, kills: int, apart: int) -> list[int]:
    """Let each job work in a thread of its own, and kill the server each time so many pieces of work were done.

    A job is called with 0, 1, 2…; returns how often each was called until the last kill, all of it acknowledged.
    """
    done, faults = [0] * len(jobs), list[BaseException]()
    progress, is_over = threading.Condition(), threading.Event()

    def work(position: int) -> None:
        try:
            while not is_over.is_set():
                jobs[position](done[position])
                with progress:
                    done[position] += 1
                    progress.notify()
        except BaseException as fault:  # noqa: BLE001 - raised again in the thread of the test
            with progress:
                faults.append(fault)
                progress.notify()

    threads = [threading.Thread(target=work, args=(position,)) for position in range(len(jobs))]
    for thread in threads:
        thread.start()
    for kill in range(1, kills + 1):
        with progress:
            progress.wait_for(lambda goal=kill * apart: faults or sum(done) >= goal, timeout=60)
        kill_worker(server)
    is_over.set()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return done
