"""What is said beside a file of tax rates."""

from datetime import date

from pydantic import Field

from wizamart.i18n import gettext_noop as _
from wizamart.schema import Schema


class TaxFileForm(Schema):
    """Whose rates are taken, and from when on."""

    country: str = Field("", title=_("Country"), max_length=2)
    valid_from: date = Field(title=_("Valid from"))
