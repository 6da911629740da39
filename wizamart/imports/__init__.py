"""Imports of files: kept in pieces, read into lines, judged, shown, and brought in, in short steps.

A module says with an `Importer` how it recognises columns, plans a line and applies it; all else is here.
"""

from wizamart.imports.exceptions import ImportNotFound, ImportNotReady, ImportNotRunning, LineRefused
from wizamart.imports.importer import Batch, Importer, Plan
from wizamart.imports.models import ImportChunk, ImportFile, ImportLine
from wizamart.imports.service import (
    cancel,
    count_verdicts,
    create_import,
    forget_file,
    forget_imports,
    get_import,
    has_stopped,
    list_lines,
    percent_of,
    read_again,
    resume,
    select_imports,
    start_applying,
)
from wizamart.imports.states import ImportStatus, Verdict
from wizamart.imports.steps import work_off
from wizamart.imports.tasks import register_tasks

__all__ = [
    "Batch",
    "ImportChunk",
    "ImportFile",
    "ImportLine",
    "ImportNotFound",
    "ImportNotReady",
    "ImportNotRunning",
    "ImportStatus",
    "Importer",
    "LineRefused",
    "Plan",
    "Verdict",
    "cancel",
    "count_verdicts",
    "create_import",
    "forget_file",
    "forget_imports",
    "get_import",
    "has_stopped",
    "list_lines",
    "percent_of",
    "read_again",
    "register_tasks",
    "resume",
    "select_imports",
    "start_applying",
    "work_off",
]
