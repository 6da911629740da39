"""What can be wrong with an import, or with a line of it."""

from wizamart.exceptions import NotFound, RuleViolation
from wizamart.i18n import lazy_gettext as _


class LineRefused(ValueError):
    """A line says what cannot be; the text is for the person who sent the file."""


class ImportNotFound(NotFound):
    """No such import, or another's."""

    code = "imports.not_found"
    message = _("There is no such import.")


class ImportNotReady(RuleViolation):
    """A file is brought in once, after it was read."""

    code = "imports.not_ready"
    message = _("This file cannot be imported now: it was not read yet, or is imported already.")


class ImportNotRunning(RuleViolation):
    """What is done, or was never begun, can neither be stopped nor gone on with."""

    code = "imports.not_running"
    message = _("Nothing is running that could be stopped or gone on with.")


class NotAllGood(RuleViolation):
    """A line that was good when the file was read is not any more, and all or nothing was wanted."""

    code = "imports.not_all_good"
    message = _("Line %(line)s is refused by now: %(reason)s")
