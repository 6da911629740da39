"""What people set for themselves."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr, StringConstraints

from wizamart.auth.password_service import MAX_LENGTH
from wizamart.i18n import gettext_noop as _
from wizamart.schema import Schema

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class ProfileInput(Schema):
    """How somebody is called and how pages speak to them."""

    display_name: Name = Field(title=_("Your name"))
    locale: str = Field(default="", title=_("Language"))
    time_zone: str = Field(default="", title=_("Time zone"))
    theme: Literal["system", "light", "dark"] = Field(
        default="system",
        title=_("Theme"),
        json_schema_extra={
            "choices": {"system": _("As the system"), "light": _("Light"), "dark": _("Dark")},
        },
    )
    more_contrast: bool = Field(
        default=False,
        title=_("More contrast"),
        description=_("Darker text and stronger lines on every page."),
    )
    shortcuts: bool = Field(
        default=False,
        title=_("Keyboard shortcuts of a single key"),
        description=_("Such as / and ?. Switch them off if they get in the way of speech input."),
    )


class PasswordInput(Schema):
    """A new password, and the one in use as proof that it is really them."""

    current: SecretStr = Field(
        title=_("Current password"),
        min_length=1,
        max_length=MAX_LENGTH,
        json_schema_extra={"autocomplete": "current-password"},
    )
    password: SecretStr = Field(
        title=_("New password"),
        description=_(
            "At least 12 characters; a sentence is easy to remember. You are signed out elsewhere."
        ),
        min_length=1,
        max_length=MAX_LENGTH,
    )


class TokenInput(Schema):
    """A token for a program, and the password in use as proof that it is really them."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)] = Field(
        title=_("What is it for?"),
        description=_("Such as the program that will use it, so that you know later which one to revoke."),
    )
    lifetime: Literal["30", "90", "180", "365"] = Field(
        default="90",
        title=_("Valid for"),
        json_schema_extra={
            "choices": {"30": _("30 days"), "90": _("90 days"), "180": _("180 days"), "365": _("1 year")}
        },
    )
    own_password: SecretStr = Field(
        title=_("Current password"),
        min_length=1,
        max_length=MAX_LENGTH,
        json_schema_extra={"autocomplete": "current-password"},
    )


class ThemeInput(Schema):
    """The theme alone, from the switch in the account menu."""

    theme: Literal["system", "light", "dark"] = "system"
