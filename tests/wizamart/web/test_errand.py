import pytest
from flask import Flask, request

from wizamart.exceptions import Unavailable
from wizamart.web.errand import ERRAND_KEY, Errand, carry_out


class Stopped(Exception):
    pass


def errand(address="/file?a=1&b=%26"):
    return Errand(address, "https://shop.test/", 7, "de")


def app_that(view):
    app = Flask("errands")
    app.add_url_rule("/file", "file", view)
    return app


def test_the_address_is_asked_as_a_browser_would():
    def view():
        seen.update(request.args, host=request.host_url, cookies=dict(request.cookies))
        return "content", {"Content-Disposition": 'attachment; filename="a.xlsx"'}

    seen = {}
    with carry_out(app_that(view), errand(), report=lambda _percent: None) as answer:
        assert b"".join(answer.pieces()) == b"content"
        assert (answer.file_name, answer.problem) == ("a.xlsx", "")
    assert seen["b"] == "&"
    assert seen["host"] == "https://shop.test/"
    assert "de.7" in seen["cookies"].values()


def test_a_refusal_is_the_answer_and_a_fault_is_tried_again():
    with carry_out(
        app_that(lambda: ({"detail": "Not yours."}, 403)), errand(), report=lambda _percent: None
    ) as answer:
        assert (answer.file, answer.problem) == (None, "Not yours.")
    with pytest.raises(Unavailable):
        carry_out(app_that(lambda: ("", 503)), errand(), report=lambda _percent: None)


def test_progress_is_told_and_a_stop_ends_the_work():
    def view():
        mine = request.environ[ERRAND_KEY]
        mine.total, number = 200, 0
        while True:
            number += 1
            mine.note(min(number, 100))

    def report(percent):
        told.append(percent)
        if percent == 50:
            raise Stopped

    told = []
    mine = errand()

    with pytest.raises(Stopped):
        carry_out(app_that(view), mine, report=report, every=0.01)

    assert told[-1] == 50
    assert mine.is_stopped
