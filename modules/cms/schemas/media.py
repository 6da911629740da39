"""What the media library asks."""

from pydantic import Field

from wizamart.i18n import gettext_noop as _
from wizamart.schema import Schema


class AltForm(Schema):
    """The description of a picture, which stands for it where it cannot be seen."""

    alt: str = Field(
        title=_("Description"),
        min_length=1,
        max_length=300,
        description=_("What the picture shows, for people who cannot see it."),
        json_schema_extra={"kind": "text"},
    )
