"""What Markdown may become."""

import pytest

from modules.cms.services.markdown import Shown, pictures_in, plain_text, render


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        '<img src=x onerror="alert(1)">',
        "![x](javascript:alert(1))",
        "[x](  JaVaScRiPt:alert(1))",
        '<a href="https://example.com" style="position:fixed">x</a>',
        "<iframe src='https://example.com'></iframe>",
    ],
)
def test_nothing_that_runs_comes_through(text):
    html = render(text)

    for danger in ("<script", "<iframe", "<img", 'href="javascript', 'href="data', '<a href="https'):
        assert danger not in html


def test_headings_begin_below_the_title_of_the_page():
    assert render("# One\n\n###### Six") == "<h2>One</h2>\n<h6>Six</h6>\n"


def test_addresses_of_the_shop_keep_its_prefix():
    html = render("[a](/delivery) [b](//evil.example) [c](https://example.com)", root="/platforms/shop")

    assert 'href="/platforms/shop/delivery"' in html
    assert 'href="//evil.example"' in html
    assert 'href="https://example.com" rel="noopener"' in html


def test_a_table_is_a_table():
    assert "<td>1</td>" in render("| a |\n|---|\n| 1 |")


def test_pictures_come_from_the_library_only():
    found = {"abc": Shown("/media/abc.png", alt="A cat in the library")}.get

    assert '<img src="/media/abc.png" alt="A cat" loading="lazy">' in render(
        "![A cat](media:abc)", find_media=found
    )
    assert "<img" not in render("![A cat](media:gone)", find_media=found)
    assert "A cat" in render("![A cat](media:gone)", find_media=found)
    assert "<img" not in render("![A cat](https://example.com/cat.png)", find_media=found)
    assert 'alt="A cat in the library"' in render("![](media:abc)", find_media=found)


def test_pictures_in_a_text_are_found_as_they_are_shown():
    text = "![A cat](media:abc) ![](<media:def>)\n\n`![](media:code)` ![x](/media/other.png)\n\n> ![ ](media:ghi)"

    assert pictures_in(text) == [("abc", "A cat"), ("def", ""), ("ghi", "")]


def test_the_beginning_of_a_text_is_plain():
    text = "## Who **we** are\n\nWe make [candles](/candles), and <b>more</b>."

    assert plain_text(text, length=100) == "Who we are We make candles, and <b>more</b>."
    assert plain_text(text, length=12) == "Who we are…"
