"""The form of a company."""

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from wizamart.email_address import Email
from wizamart.i18n import gettext_noop as _
from wizamart.schema import Schema

CODE_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class CodeInput(Schema):
    """The code of what is created; listed last among the bases of a form, it stands first in it."""

    code: str = Field(
        title=_("Code"),
        description=_("Stands in addresses: small letters, digits and hyphens. It cannot be changed later."),
        pattern=CODE_PATTERN,
        max_length=63,
    )


class CompanyInput(Schema):
    """Name, numbers and address of a legal person."""

    model_config = ConfigDict(str_strip_whitespace=True)

    legal_name: Line = Field(title=_("Legal name"), max_length=200)
    vat_number: str | None = Field(
        default=None,
        title=_("VAT number"),
        description=_("Its form and check digits are checked."),
        max_length=20,
    )
    registration_number: str | None = Field(default=None, title=_("Trade register number"), max_length=40)
    street: Line = Field(title=_("Street and number"), max_length=200)
    postal_code: Line = Field(title=_("Postal code"), max_length=20)
    city: Line = Field(title=_("City"), max_length=100)
    country: str = Field(default="LU", title=_("Country"), min_length=2, max_length=2)
    email: Email | None = Field(
        default=None, title=_("E-mail address"), max_length=254, json_schema_extra={"kind": "email"}
    )
    phone: str | None = Field(default=None, title=_("Phone"), max_length=40)
