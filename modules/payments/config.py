"""The settings of payments on a platform."""

from pydantic import Field

from wizamart.i18n import gettext_noop as _
from wizamart.schema import Schema


class PaymentsConfig(Schema):
    """What an admin may set."""

    captures_automatically: bool = Field(
        default=True,
        title=_("Take the money at once"),
        description=_(
            "Otherwise an authorised payment waits until somebody captures it, for example on shipping."
        ),
    )
    vendors_have_accounts: bool = Field(
        default=True,
        title=_("Vendors may have accounts of their own"),
        description=_("A vendor without an account of its own uses the platform's."),
    )
