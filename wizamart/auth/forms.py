"""Forms of the sign-in pages."""

from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, StringField  # type: ignore[import-untyped]
from wtforms.validators import InputRequired, Length, ValidationError  # type: ignore[import-untyped]

from wizamart.auth.password_service import MAX_LENGTH
from wizamart.i18n import LazyText, lazy_gettext as _
from wizamart.invisible import SHOWS_NOTHING, one_line, shows_nothing

EMAIL_LENGTH = 254
NAME_LENGTH = 120

_required = InputRequired(_("Please fill this in."))


def _shown(_form: FlaskForm, field: StringField) -> None:
    if shows_nothing(field.data):
        raise ValidationError(str(SHOWS_NOTHING))


def _one_line(text: str | None) -> str | None:
    return one_line(text) if text else text


def _password(label: LazyText) -> PasswordField:
    return PasswordField(
        label, validators=[_required, Length(max=MAX_LENGTH, message=_("This is too long."))]
    )


class SignInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Address and password."""

    email = EmailField(_("E-mail address"), validators=[_required, Length(max=EMAIL_LENGTH)])
    password = _password(_("Password"))


class CodeForm(FlaskForm):  # type: ignore[misc]  # as above
    """The code of the second factor."""

    code = StringField(_("Code"), validators=[_required, Length(max=40)])


class ForgottenForm(FlaskForm):  # type: ignore[misc]  # as above
    """Where to send the link."""

    email = EmailField(_("E-mail address"), validators=[_required, Length(max=EMAIL_LENGTH)])


class NewPasswordForm(FlaskForm):  # type: ignore[misc]  # as above
    """A new password."""

    password = _password(_("New password"))


class InvitationForm(FlaskForm):  # type: ignore[misc]  # as above
    """What an invited person tells about themself."""

    display_name = StringField(
        _("Your name"), filters=[_one_line], validators=[_required, _shown, Length(max=NAME_LENGTH)]
    )
    password = _password(_("Password"))


class EmptyForm(FlaskForm):  # type: ignore[misc]  # as above
    """Nothing but a button."""
