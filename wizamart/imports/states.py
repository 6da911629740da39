"""How far an import is, and what becomes of a line, in words for people."""

import enum
from typing import Final

from wizamart.i18n import LazyText, lazy_pgettext


class ImportStatus(enum.StrEnum):
    """A file is read first, and brought in when somebody has seen what it would do."""

    READING = "reading"
    READY = "ready"
    REFUSED = "refused"
    APPLYING = "applying"
    DONE = "done"
    NOTHING_IMPORTED = "nothing_imported"
    CANCELLED = "cancelled"

    @property
    def label(self) -> LazyText:
        """The status in words."""
        return _LABELS[self]

    @property
    def tone(self) -> str:
        """The tone of its badge."""
        return _TONES.get(self, "")

    @property
    def is_running(self) -> bool:
        """Whether a task is at work on it."""
        return self in {ImportStatus.READING, ImportStatus.APPLYING}


_LABELS: Final = {
    ImportStatus.READING: lazy_pgettext("import", "Reading the file"),
    ImportStatus.READY: lazy_pgettext("import", "Ready to import"),
    ImportStatus.REFUSED: lazy_pgettext("import", "File refused"),
    ImportStatus.APPLYING: lazy_pgettext("import", "Importing"),
    ImportStatus.DONE: lazy_pgettext("import", "Imported"),
    ImportStatus.NOTHING_IMPORTED: lazy_pgettext("import", "Nothing imported"),
    ImportStatus.CANCELLED: lazy_pgettext("import", "Cancelled"),
}
_TONES: Final = {
    ImportStatus.READY: "note",
    ImportStatus.REFUSED: "bad",
    ImportStatus.DONE: "good",
    ImportStatus.NOTHING_IMPORTED: "warn",
    ImportStatus.CANCELLED: "warn",
}


class Verdict(enum.StrEnum):
    """What a line of a file does."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    REFUSED = "refused"

    @property
    def label(self) -> LazyText:
        """The verdict in words."""
        return _VERDICTS[self]

    @property
    def tone(self) -> str:
        """The tone of its badge."""
        return {"create": "good", "update": "note", "refused": "bad"}.get(self.value, "")


_VERDICTS: Final = {
    Verdict.CREATE: lazy_pgettext("import line", "New"),
    Verdict.UPDATE: lazy_pgettext("import line", "Changed"),
    Verdict.UNCHANGED: lazy_pgettext("import line", "Unchanged"),
    Verdict.REFUSED: lazy_pgettext("import line", "Refused"),
}
