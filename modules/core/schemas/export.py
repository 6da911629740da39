"""How far a file is that is made in the background."""

import enum
from typing import Final

TASK: Final = "core.make_export"


class ExportStatus(enum.StrEnum):
    """Where a file stands; of one that failed, the problem says why."""

    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
