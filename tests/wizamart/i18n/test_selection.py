"""What languages are called."""

import pytest
from babel import Locale

from wizamart.i18n import LOCALES, language_name


@pytest.mark.parametrize("code", LOCALES)
def test_the_names_that_are_kept_are_those_of_cldr(code):
    name = Locale.parse(code).get_display_name(code)

    assert language_name(code) == name[:1].upper() + name[1:]


def test_a_language_that_has_no_catalogue_is_called_what_it_calls_itself():
    assert language_name("pt_BR") == "Português (Brasil)"


def test_what_is_no_language_is_shown_as_it_is():
    assert language_name("nothing") == "nothing"
