"""What forms ask about a customer."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, model_validator

from wizamart.countries import country_codes
from wizamart.i18n import gettext, gettext_noop as _
from wizamart.schema import Schema

MOST_ADDRESSES = 10
MOST_TAGS = 20


def _check_country(value: str) -> str:
    if value not in country_codes():
        raise ValueError(gettext("Choose one of the options."))
    return value


Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Phone = Annotated[str, StringConstraints(max_length=40, pattern=r"^[0-9+()/. -]*$")]


class AddressForm(Schema):
    """One address."""

    recipient: str = Field(
        "",
        title=_("Recipient"),
        max_length=120,
        description=_("If it is somebody else."),
        json_schema_extra={"autocomplete": "name"},
    )
    company: str = Field(
        "", title=_("Company"), max_length=120, json_schema_extra={"autocomplete": "organization"}
    )
    line1: str = Field(
        title=_("Street and number"),
        min_length=1,
        max_length=200,
        json_schema_extra={"autocomplete": "address-line1"},
    )
    line2: str = Field(
        "", title=_("Address supplement"), max_length=200, json_schema_extra={"autocomplete": "address-line2"}
    )
    postal_code: str = Field(
        title=_("Postal code"), min_length=1, max_length=20, json_schema_extra={"autocomplete": "postal-code"}
    )
    city: str = Field(
        title=_("City"), min_length=1, max_length=120, json_schema_extra={"autocomplete": "address-level2"}
    )
    country: Annotated[str, AfterValidator(_check_country)] = Field(
        title=_("Country"), json_schema_extra={"autocomplete": "country"}
    )
    is_billing: bool = Field(default=False, title=_("Send bills here"))
    is_shipping: bool = Field(default=False, title=_("Send goods here"))


class _Named(Schema):
    name: str = Field(title=_("Name"), min_length=1, max_length=120)


class _Reachable(_Named):
    email: str = Field(
        title=_("E-mail address"), min_length=3, max_length=254, json_schema_extra={"kind": "email"}
    )


class ProfileForm(_Named):
    """What customers change themselves."""

    phone: Phone = Field("", title=_("Phone"))
    locale: str | None = Field(None, title=_("Language"), max_length=16)
    marketing_consent: bool = Field(
        default=False,
        title=_("News and offers by e-mail"),
        description=_("Every change is kept with its date."),
    )
    addresses: list[AddressForm] = Field(
        default_factory=list,
        title=_("Addresses"),
        max_length=MOST_ADDRESSES,
        description=_("The first one is used where no other is marked."),
    )


class CustomerForm(ProfileForm, _Reachable):
    """What admins and vendors enter."""

    tags: list[Tag] = Field(
        default_factory=list, title=_("Tags"), max_length=MOST_TAGS, description=_("One tag per line.")
    )

    @model_validator(mode="after")
    def keep_tags_once(self) -> Self:
        """Drop tags that differ from an earlier one in nothing but case."""
        self.tags = list({tag.casefold(): tag for tag in reversed(self.tags)}.values())[::-1]
        return self


class AboutForm(_Named):
    """What customers change of themselves in the shop; addresses have pages of their own."""

    phone: Phone = Field("", title=_("Phone"))
    locale: str | None = Field(None, title=_("Language"), max_length=16)
    marketing_consent: bool = Field(
        default=False, title=_("News and offers by e-mail"), description=_("You can change this at any time.")
    )


class EmailChangeForm(Schema):
    """A new address, proved by the mail that is sent to it, and asked for by who knows the password."""

    email: str = Field(
        title=_("New e-mail address"), min_length=3, max_length=254, json_schema_extra={"kind": "email"}
    )
    password: SecretStr = Field(title=_("Your password"))


class ClosingForm(Schema):
    """The password of who closes their account."""

    password: SecretStr = Field(title=_("Your password"))


class TagForm(Schema):
    """The new name of a tag."""

    name: Tag = Field(title=_("Name"))


class NoteForm(Schema):
    """A note for colleagues."""

    text: str = Field(title=_("Note"), min_length=1, max_length=4000)


class RegistrationForm(Schema):
    """What a visitor gives to get an account."""

    name: str = Field(title=_("Your name"), min_length=1, max_length=120)
    email: str = Field(
        title=_("E-mail address"), min_length=3, max_length=254, json_schema_extra={"kind": "email"}
    )
    marketing_consent: bool = Field(
        default=False, title=_("News and offers by e-mail"), description=_("You can change this at any time.")
    )
