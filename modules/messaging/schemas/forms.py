"""Forms of messaging."""

from pydantic import ConfigDict, Field

from wizamart.i18n import gettext_noop as _
from wizamart.schema import Schema


class TemplateForm(Schema):
    """A platform's own text for a kind of notification."""

    model_config = ConfigDict(str_strip_whitespace=True)

    subject: str = Field(title=_("Subject"), min_length=1, max_length=200, pattern=r"^[^\r\n]*$")
    body: str = Field(
        title=_("Text"), min_length=1, max_length=5000, json_schema_extra={"widget": "textarea"}
    )
