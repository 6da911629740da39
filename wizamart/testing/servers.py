"""Real server processes for tests that one process cannot answer."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from wizamart.config import ROOT
from wizamart.testing.services import HOST

STOP_SECONDS: Final = 20


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `url` has no slash at its end."""

    url: str
    process: subprocess.Popen[bytes]


@contextmanager
def run_server(environment: Mapping[str, str], *, threads: int = 4) -> Iterator[Server]:
    """Run `wsgi:app` under gunicorn for the block.

    The socket listens before the process starts, so a first request waits for the server, and nobody polls.
    """
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen(128)
        port = listener.getsockname()[1]
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"fd://{listener.fileno()}"),
                *("--workers", "1", "--threads", str(threads), "--log-level", "warning"),
                # A client that waits its turn finds its connection open.
                *("--keep-alive", str(STOP_SECONDS)),
            ],
            cwd=ROOT,
            env={**os.environ, **environment},
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )
    try:
        yield Server(f"http://{HOST}:{port}", process)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
