"""Addresses of electronic mail, checked by their form; nobody is asked whether a domain takes mail."""

from typing import Annotated

from pydantic import AfterValidator, Field

from wizamart.i18n import gettext as _


def normalize(text: str) -> str:
    """Return an address as it is kept.

    The demonstration's people live in the domain `.test`, so that one is taken.

    :raises ValueError: when it is no address; the text says so in words for people.
    """
    # Imported where it is used: its tables cost every start, and few processes ever check an address.
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(text.strip(), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise ValueError(_("Enter a valid e-mail address.")) from error


Email = Annotated[str, AfterValidator(normalize), Field(json_schema_extra={"kind": "email"})]
"""The type of a form's field."""
