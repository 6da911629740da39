"""`python -m tests.bench [figure …]`: measure, print the table, leave nothing behind."""

import contextlib
import logging
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.bench import catalogue, figures
from tests.bench.measure import Row
from tests.bench.processes import processes
from tests.bench.world import Databases, make_modules

FIGURES = {
    "mounting": figures.price_of_mounting,
    "toggled": figures.first_request_after_toggle,
    "portal": figures.portal,
    "growth": figures.growth,
    "asking": figures.asking,
    "processes": processes,
    "lists": catalogue.lists,
    "imports": catalogue.measure_imports,
}
SYNTHETIC = 200
HEAD = Row("Figure", "ours", "plain", None, "wanted", None)


def main(chosen: list[str]) -> int:
    """Print each line as soon as it is measured; return how many miss what is wanted."""
    began = time.monotonic()
    missed = 0
    print(_line(HEAD), "-" * 118, sep="\n")
    with tempfile.TemporaryDirectory() as folder, _quiet():
        databases = Databases.below(Path(folder))
        registry = make_modules(Path(folder) / "modules", SYNTHETIC)
        for name, measure in FIGURES.items():
            if chosen and name not in chosen:
                continue
            for row in measure(databases, registry):
                missed += row.is_met is False
                print(_line(row), flush=True)
    print(f"\n{missed} missed, in {time.monotonic() - began:.0f} s")
    return 0


def _line(row: Row) -> str:
    ratio = "ratio" if row is HEAD else f"{row.ratio:.2f}" if row.ratio is not None else ""
    verdict = {True: "yes", False: "MISSED", None: ""}[row.is_met]
    return f"{row.figure:<70} {row.ours:>11} {row.plain:>11} {ratio:>6} {row.wanted:>9} {verdict}"


@contextlib.contextmanager
def _quiet() -> contextlib.AbstractContextManager[None]:
    """Let the logs be written as in production, to nowhere."""
    with Path(os.devnull).open("w") as nowhere:
        real, sys.stderr = sys.stderr, nowhere
        try:
            yield
        except BaseException:
            sys.stderr = real
            raise
        finally:
            sys.stderr = real
            logging.shutdown()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
