"""What a process costs: its start and its memory, each in a child of its own."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator

from tests.bench.measure import Pair, Row, row_of
from tests.bench.world import PLATFORM, SECRET_KEY, Databases, make_app, part_of
from wizamart.config import ROOT
from wizamart.module_system.registry import Registry

STARTS = 11  # other work on the machine decides over few
# Both say how much CPU time went by since the process began, and end without tidying up.
_END = "\nimport os, time\nprint(time.process_time(), flush=True)\nos._exit(0)\n"
# rich comes with the tools of the checks only, and structlog loads it wherever it is: no installation has it.
_OURS = "import sys\nsys.modules['rich'] = sys.modules['greenlet'] = None\nfrom wsgi import app\n"
_PLAIN = """\
import os
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)


class Thing(db.Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


app = Flask("plain")
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["WIZAMART_DATABASE_URL"]
db.init_app(app)


@app.get("/")
def index() -> str:
    return str(db.session.get(Thing, 1))


with app.app_context():
    db.engine
"""
_WEIGH = '\nprint(int(open("/proc/self/statm").read().split()[1]) * 4096 / 2**20, flush=True)\nos._exit(0)\n'
# A worker has no test client, so the calls are made with what the standard library has.
_CALLS = """
import io, json, os
from wsgiref.util import setup_testing_defaults

headers = {"HTTP_" + k.upper().replace("-", "_"): v for k, v in json.loads(os.environ["BENCH_HEADERS"]).items()}
for _ in range(6):
    for path in os.environ["BENCH_PATHS"].split(","):
        environ = {"PATH_INFO": path, "wsgi.input": io.BytesIO(), **headers}
        setup_testing_defaults(environ)
        seen = []
        b"".join(app(environ, lambda status, _headers, _error=None: seen.append(status)))
        assert seen[0].startswith("200"), (path, seen)
"""
_PAGES = ("", "modules", "modules/history", "settings")


def processes(databases: Databases, registry: Registry) -> Iterator[Row]:
    """Start both some times in turn, then weigh a worker that has served pages."""
    settings = databases.new()
    _app, who = make_app(settings, part_of(registry, synthetic=0), on=("inventory", "orders", "billing"))
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        # Compiled files are kept in the bench's own folder, so that the tree stays as it is.
        "PYTHONPYCACHEPREFIX": str(databases.folder / "compiled"),
        "WIZAMART_ENVIRONMENT": "testing",
        "WIZAMART_SECRET_KEY": SECRET_KEY,
        "WIZAMART_DATABASE_URL": settings.database_url,
        "WIZAMART_EMBEDDED_WORKERS": "0",
        "WIZAMART_MEDIA_PATH": str(databases.folder / "media"),
    }
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(STARTS + 1):
        for into, program in zip(taken, (_OURS, _PLAIN), strict=True):
            into.append(_run(program + _END, environment))
    pair = Pair(*(statistics.median(times[1:]) for times in taken))  # the first start compiles
    yield row_of("Start: CPU time until the application stands", pair, at_most=2.5)
    base = f"/platforms/{PLATFORM}/admin/"
    environment |= {
        "BENCH_HEADERS": json.dumps(who["headers"]),
        "BENCH_PATHS": ",".join(base + page for page in _PAGES),
    }
    ours, plain = _run(_OURS + _CALLS + _WEIGH, environment), _run(_PLAIN + "import os" + _WEIGH, environment)
    yield Row(
        "Memory of a worker that has served pages",
        f"{ours:.0f} MiB",
        f"{plain:.0f} MiB",
        ours / plain,
        "≤ 110 MiB",
        ours <= 110,
    )


def _run(program: str, environment: dict[str, str]) -> float:
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return float(done.stdout.split()[-1])
