"""A service on a port of its own: answers, remembers, repeats under the same key, and fails when it is told to.

A fault is told beforehand and used up once: `LOST` does the work and hangs up without an answer, `REFUSED` hangs up
before, a number answers with that status and does nothing. A function is called with the work, which it may do or
not, and returns the answer, or None to hang up.
"""

import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

LOST: Final = "lost"
REFUSED: Final = "refused"
Answer = tuple[int, dict[str, Any]]
Fault = str | int | Callable[[Callable[[], Answer]], Answer | None]


class Problem(Exception):
    """An answer that is a refusal."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it came in."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Kept:
    """What a key was answered with, so that the same request is answered alike."""

    fingerprint: tuple[str, bytes]
    status: int
    body: dict[str, Any]


@dataclass(slots=True)
class Memory:
    """What is forgotten between tests."""

    calls: list[Call] = field(default_factory=list)
    faults: deque[tuple[str, Fault]] = field(default_factory=deque)
    kept: dict[str, Kept] = field(default_factory=dict)


class FakeService:
    """Subclasses say what they answer in `perform`, and under which header keys come."""

    key_header = "Idempotency-Key"

    def __init__(self) -> None:
        self.memory = Memory()
        self.lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def reset(self) -> None:
        """Forget everything."""
        with self.lock:
            self.memory = Memory()

    def fail_next(self, *faults: Fault, path: str = "") -> None:
        """Let the next requests whose path contains this fail so, one after another."""
        self.memory.faults.extend((path, fault) for fault in faults)

    def calls_of(self, method: str, path: str) -> list[Call]:
        """Return the requests of a kind that came in."""
        return [call for call in self.memory.calls if call.method == method and path in call.path]

    def perform(self, call: Call) -> dict[str, Any]:
        """Do what is asked and return the body of the answer; raise `Problem` to refuse."""
        raise Problem(404, {"path": call.path})

    def fault_body(self, status: int) -> dict[str, Any]:
        """Return what stands in an answer with this status."""
        return {"status": status}

    def answer(self, call: Call) -> Answer | None:
        """Return status and body, or None to hang up."""
        with self.lock:
            self.memory.calls.append(call)
            fault = self._next_fault(call)
            if fault == REFUSED:
                return None
            if isinstance(fault, int):
                return fault, self.fault_body(fault)
            if callable(fault):
                return fault(lambda: self._perform_once(call))
            answer = self._perform_once(call)
            return None if fault == LOST else answer

    def _next_fault(self, call: Call) -> Fault | None:
        for position, (path, fault) in enumerate(self.memory.faults):
            if path in call.path:
                del self.memory.faults[position]
                return fault
        return None

    def _perform_once(self, call: Call) -> Answer:
        key = call.headers.get(self.key_header.lower())
        kept = self.memory.kept.get(key or "")
        if kept is not None:
            if kept.fingerprint != (call.path, call.body):
                return 400, self.fault_body(400)
            return kept.status, kept.body
        try:
            status, body = 200, self.perform(call)
        except Problem as problem:
            status, body = problem.status, problem.body
        if key and status != 401:
            self.memory.kept[key] = Kept((call.path, call.body), status, body)
        return status, body


def _handler_of(service: FakeService) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            path, _, query = self.path.partition("?")
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = service.answer(Call(self.command, path, query, headers, body))
            self.close_connection = True
            if answer is None:
                return
            status, content = answer
            sent = json.dumps(content).encode() if content else b""
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(sent)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_POST = do_PATCH = _serve  # noqa: N815 - of the library

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - of the library
            """Say nothing."""

    return Handler
