import pytest

from wizamart.csv_reader import clean_cell
from wizamart.invisible import shows_nothing

INVISIBLE = [
    "",
    " \u00a0\u3000",
    "\u200b",
    "\u2060\u00ad",
    "\ufeff",
    "\u3164",
    "\uffa0\u115f",
    "\u202e\u202c",
    "\u2066\u2069",
    "\u200d\u200c",
    "\ufe0f",
    "\u2800",
    "\U000e0020",
    "\x07",
]


@pytest.mark.parametrize("text", INVISIBLE)
def test_what_nobody_sees_shows_nothing(text):
    assert shows_nothing(text)
    assert clean_cell(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",  # Persian, with a joiner that keeps letters apart
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",  # a family, joined
        "❤\ufe0f",
        "\u200fשלום\u200f",
        "한글",
        "\u200b.",
        "‑",
        "0",
        "Zoll\u00adamt",
    ],
)
def test_joiners_and_marks_within_what_is_seen_are_kept(text):
    assert not shows_nothing(text)
    assert clean_cell(text) == text
