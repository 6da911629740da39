"""The forms of people and roles."""

from pydantic import ConfigDict, Field

from modules.tenancy.schemas.company import Line
from wizamart.email_address import Email
from wizamart.i18n import gettext_noop as _
from wizamart.schema import Schema


class InvitationInput(Schema):
    """Whom to invite, and to which roles."""

    model_config = ConfigDict(str_strip_whitespace=True)

    email: Email = Field(title=_("E-mail address"), max_length=254, json_schema_extra={"kind": "email"})
    display_name: str = Field(default="", title=_("Name"), max_length=120)
    locale: str = Field(default="en", title=_("Language of the invitation"))
    roles: list[int] = Field(default_factory=list, title=_("Roles"))


class RolesInput(Schema):
    """The roles that somebody has in one place."""

    roles: list[int] = Field(default_factory=list, title=_("Roles"))


class RoleInput(Schema):
    """A role: its name, and the permissions that are ticked."""

    model_config = ConfigDict(str_strip_whitespace=True)

    name: Line = Field(title=_("Name"), max_length=120)
    permissions: list[str] = Field(default_factory=list, json_schema_extra={"kind": "hidden"})
