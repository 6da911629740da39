"""People who sign in at the same moment, some with a wrong password: nobody is kept from it by the others."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from .conftest import PASSWORD

AT_ONCE = 8


def test_those_who_sign_in_at_once_do_not_wait_for_each_other_in_a_circle(new_browser, make_user):
    make_user()
    browsers = [new_browser() for _number in range(AT_ONCE)]
    barrier = Barrier(AT_ONCE)

    def sign_in(number):
        barrier.wait(10)
        password = PASSWORD if number % 4 else "wrong wrong wrong"
        return browsers[number].sign_in("anna@wizamart.test", password).status_code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(sign_in, range(AT_ONCE)))

    assert 303 in answers
    assert set(answers) <= {303, 422, 429}
