"""The tables of others that lie beside the tree: every file of the folders, so that a new one is tested by itself."""

import csv
import io
from pathlib import Path

from wizamart.config import ROOT

DATA = Path(ROOT).parent / "shared" / "data"
FILES = sorted(file for name in ("catalogue", "messy") for file in (DATA / name).glob("*") if file.is_file())


def name_of(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"


def count_records(file: Path, encoding: str, delimiter: str) -> int:
    """Count the records below the headings with nothing but the standard library."""
    text = io.StringIO(file.read_bytes().decode(encoding), newline="")
    return sum(any(cell.strip() for cell in record) for record in csv.reader(text, delimiter=delimiter)) - 1
