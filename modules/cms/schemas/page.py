"""What the editor of a page asks."""

import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic.config import JsonDict

from wizamart.i18n import gettext, gettext_noop as _
from wizamart.schema import Schema

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:/[a-z0-9]+(?:-[a-z0-9]+)*)*")
# First parts of addresses that never reach a page: the portal's, the framework's, and files made by the CMS itself.
RESERVED = frozenset(
    {
        "account",
        "admin",
        "api",
        "assets",
        "health",
        "language",
        "login",
        "logout",
        "media",
        "metrics",
        "page-preview",
        "platforms",
        "vendor",
        "vendors",
    }
)
LONGEST_BODY = 100_000


def _check_slug(value: str) -> str:
    value = value.strip().strip("/").lower()
    if not SLUG.fullmatch(value):
        raise ValueError(gettext("Use small letters, digits and hyphens, such as about-us."))
    if value.partition("/")[0] in RESERVED:
        raise ValueError(gettext("This address is used by the shop itself."))
    return value


PLACEMENTS: JsonDict = {"none": _("Not shown"), "header": _("At the top"), "footer": _("At the bottom")}


class PageForm(Schema):
    """A page in one language, and where it stands."""

    title: str = Field(title=_("Title"), min_length=1, max_length=160)
    body: str = Field("", title=_("Text"), max_length=LONGEST_BODY)
    slug: Annotated[str, AfterValidator(_check_slug)] = Field(
        title=_("Address"),
        min_length=1,
        max_length=160,
        description=_("Such as about-us. The old one goes on working."),
    )
    placement: Literal["none", "header", "footer"] = Field(
        "none",
        title=_("In the navigation"),
        json_schema_extra={"choices": PLACEMENTS},
    )
    position: int = Field(100, title=_("Position"), ge=0, le=9999, description=_("Small numbers come first."))
    picture_id: int | None = Field(
        None,
        title=_("Picture"),
        ge=1,
        le=2**31 - 1,
        description=_("Shown where somebody passes the page on, as in messages and social networks."),
    )
    seo_title: str = Field(
        "", title=_("Title for search engines"), max_length=160, description=_("Empty takes the title.")
    )
    seo_description: str = Field(
        "",
        title=_("Description for search engines"),
        max_length=320,
        description=_("One or two sentences, shown below the title in results."),
        json_schema_extra={"kind": "textarea"},
    )


class PublicationForm(Schema):
    """From when and until when a page is public."""

    at: datetime | None = Field(None, title=_("Publish at"), description=_("Empty means now."))
    until: datetime | None = Field(
        None, title=_("Take down at"), description=_("Empty leaves the page public.")
    )
