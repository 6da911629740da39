"""What can go wrong in the CMS."""

from wizamart.exceptions import InvalidInput, NotFound, RuleViolation
from wizamart.i18n import lazy_gettext as _


class PageNotFound(NotFound):
    """No such page, or another owner's."""

    code = "cms.page_not_found"
    message = _("There is no such page.")


class RevisionNotFound(NotFound):
    """The page has no such revision."""

    code = "cms.revision_not_found"
    message = _("There is no such version of this page.")


class SlugTaken(InvalidInput):
    """An address leads to one page."""

    code = "cms.slug_taken"
    message = _("Another page has this address.")

    def __init__(self) -> None:
        super().__init__()
        self.errors = {"slug": [str(self)]}


class NothingHere(NotFound):
    """No page has this address; what is said is what is said of every address that leads nowhere."""


class PictureRefused(InvalidInput):
    """A file is no picture that may be shown; `reason` says why."""

    code = "cms.picture_refused"

    def __init__(self, reason: str) -> None:
        super().__init__({"file": [reason]})


class MediaNotFound(NotFound):
    """No such picture, or another owner's."""

    code = "cms.media_not_found"
    message = _("There is no such picture.")


class MediaInUse(RuleViolation):
    """A page would show a gap."""

    code = "cms.media_in_use"
    message = _("A page shows this picture. Take it out there first.")
