"""What can go wrong in the CMS."""

from collections.abc import Sequence
from typing import Any

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


class RedirectRefused(InvalidInput):
    """An old address would lead nowhere, back to itself, or never be asked for; `reason` says which, at its field."""

    code = "cms.redirect_refused"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__({field: [reason]})


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
    """Something would show a gap; `uses` says what, and is empty where its module is off."""

    code = "cms.media_in_use"
    message = _("This picture is in use. Take it out there first.")

    def __init__(self, uses: Sequence[Any] = ()) -> None:
        super().__init__()
        self.uses = tuple(uses)


class PictureUnknown(InvalidInput):
    """A picture that is not there, or another owner's."""

    code = "cms.picture_unknown"
    message = _("There is no such picture in the library.")

    def __init__(self, field: str = "picture_id") -> None:
        super().__init__()
        self.errors = {field: [str(self)]}


class PageChangedMeanwhile(RuleViolation):
    """Somebody else has changed what was being written; both are shown, and nobody's is lost.

    `told` says who and when, where that is known.
    """

    code = "cms.page_changed_meanwhile"
    message = _("Somebody else has changed this page meanwhile.")

    def __init__(self, told: str = "") -> None:
        super().__init__()
        self.told = told

    def __str__(self) -> str:
        return self.told or super().__str__()


class NotPublishable(InvalidInput):
    """A page cannot be shown to the public as it is; `errors` says why."""

    code = "cms.not_publishable"
    message = _("The page cannot be published as it is.")
