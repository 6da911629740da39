"""Numbers that no row can have: in addresses they lead nowhere, in forms they are no number."""

import re

import pytest
from werkzeug.exceptions import HTTPException

from wizamart.numbers import LARGEST, is_row_number, whole_number

NO_NUMBERS = ["", "²", "٣", "1.0", "0x1", "1_0", "NaN", str(LARGEST + 1), "-9223372036854775809", "9" * 5000]


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_no_column_holds_is_no_number(text):
    with pytest.raises(ValueError, match="not a number"):
        whole_number(text)
    assert not is_row_number(text)


@pytest.mark.parametrize(("text", "number"), [("0", 0), (" 17 ", 17), ("-3", -3), (str(LARGEST), LARGEST)])
def test_a_number_that_a_column_holds_is_read(text, number):
    assert whole_number(text) == number


@pytest.mark.backends("sqlite")
@pytest.mark.parametrize("number", [LARGEST + 1, 10**20])
def test_no_address_with_a_number_that_no_row_can_have_leads_to_its_page(app, number):
    adapter = app.url_map.bind("localhost")
    rules = [rule for rule in app.url_map.iter_rules() if "<int:" in rule.rule]
    assert rules
    for rule in rules:
        path = re.sub(r"<(?!int:)[^>]+>", "x", re.sub(r"<int:[^>]+>", str(number), rule.rule))
        for method in rule.methods:
            assert answer_of(adapter, path, method) not in {rule.endpoint, 405}, f"{method} {path}"


def answer_of(adapter, path, method):
    """Return the endpoint that an address leads to, or the status of its refusal."""
    try:
        return adapter.match(path, method=method)[0]
    except HTTPException as error:
        return error.code
