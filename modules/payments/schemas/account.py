"""What is entered for a provider account."""

from pydantic import Field

from modules.payments.gateways.interface import Gateway, Method
from wizamart.i18n import gettext_noop as _
from wizamart.schema import Schema


class AccountForm(Schema):
    """What every account has; `form_model` adds the credentials of its provider."""

    name: str = Field(title=_("Name"), min_length=1, max_length=120)
    is_live: bool = Field(
        default=False,
        title=_("Live mode"),
        description=_("In live mode real money moves. Otherwise the provider only pretends."),
    )
    methods: list[Method] = Field(
        default_factory=list,
        title=_("Methods offered"),
        description=_("None chosen means that customers are not offered this account."),
    )


def form_model(gateway: Gateway) -> type[AccountForm]:
    """Return the form for an account at this provider."""
    return type(
        f"{gateway.code.title()}AccountForm",
        (AccountForm,),
        {
            "__module__": __name__,
            "__annotations__": {"credentials": gateway.credentials_model},
            "credentials": Field(default_factory=gateway.credentials_model, title=_("Credentials")),
        },
    )
