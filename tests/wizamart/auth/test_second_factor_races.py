"""The second factor under attack over HTTP: codes that come twice at the same moment, and guesses from many places."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from .conftest import PASSWORD
from .test_second_factor import code_of, enrolled  # noqa: F401 - a fixture

AT_ONCE = 6


@pytest.fixture
def at_once(new_browser):
    """Return `at_once(codes)`: each is sent in the same moment, from a browser that knows the password."""

    def send(codes):
        browsers = [new_browser() for _code in codes]
        for browser in browsers:
            assert browser.sign_in().location == "/login/second-factor"
        barrier = Barrier(len(codes))

        def submit(browser, code):
            token = browser.get("/login/second-factor").get_data(as_text=True)
            barrier.wait(10)
            data = {
                "csrf_token": token.partition('name="csrf_token" type="hidden" value="')[2].partition('"')[0]
            }
            return browser.client.post("/login/second-factor", data={**data, "code": code}).status_code

        with ThreadPoolExecutor(len(codes)) as pool:
            answers = list(pool.map(submit, browsers, codes))
        return answers, sum(browser.is_signed_in for browser in browsers)

    return send


def test_a_code_of_the_app_signs_in_once_although_it_comes_from_many_at_once(at_once, enrolled, time):  # noqa: F811
    answers, signed_in = at_once([code_of(enrolled[1], time)] * AT_ONCE)

    assert answers.count(303) == signed_in == 1
    assert set(answers) <= {303, 422, 429}


def test_a_recovery_code_signs_in_once_although_it_comes_from_many_at_once(at_once, enrolled, user_of):  # noqa: F811
    user_id, _secret, codes = enrolled

    answers, signed_in = at_once([codes[0], codes[0].upper(), codes[0].replace("-", " ")] * 2)

    assert answers.count(303) == signed_in == 1
    assert len(user_of(user_id, "recovery_codes")[0]) == len(codes) - 1


def test_guesses_from_many_browsers_at_once_lock_the_account_for_the_right_code_too(
    at_once,
    new_browser,
    enrolled,  # noqa: F811
    time,
):
    for start in range(3):
        at_once([f"{start}{number}00000"[:6] for number in range(AT_ONCE)])
    browser = new_browser()
    answer = browser.submit("/login", email="anna@wizamart.test", password=PASSWORD)
    if answer.status_code != 429:
        answer = browser.submit("/login/second-factor", code=code_of(enrolled[1], time))

    assert answer.status_code == 429
    assert not browser.is_signed_in
