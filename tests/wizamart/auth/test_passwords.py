import threading

import pytest

from wizamart.auth import password_service
from wizamart.auth.exceptions import PasswordRefused
from wizamart.exceptions import Unavailable


@pytest.mark.parametrize(
    "password", ["a rainy morning in Vianden", "correct pony cell clip", "Xk4!mmQ8#zzP", "éclair à minuit"]
)
def test_long_and_unusual_passwords_are_accepted(password):
    password_service.check_policy(password, email="anna@wizamart.test")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "at least 12"),
        ("", "at least 12"),
        ("x" * 300, "at most 256"),
        ("anna@wizamart.test", "e-mail"),
        ("ANNA@wizamart.test2026", "e-mail"),
        ("annabelle.weber99", "e-mail"),
        ("Password1234", "among the first"),
        ("wizamart-2026!", "among the first"),
        ("123456789012", "among the first"),
        ("aaaaaaaaaaab", "different"),
    ],
)
def test_passwords_that_others_would_guess_are_refused_with_the_reason(password, why):
    email = "annabelle.weber@wizamart.test" if "weber" in password else "anna@wizamart.test"

    with pytest.raises(PasswordRefused) as refused:
        password_service.check_policy(password, email=email)

    assert any(why in problem for problem in refused.value.errors["password"])


def test_only_a_few_hash_at_once(monkeypatch):
    monkeypatch.setattr(password_service, "_slots", threading.BoundedSemaphore(1))
    monkeypatch.setattr(password_service, "WAIT_SECONDS", 0.01)

    with password_service._slot(), pytest.raises(Unavailable):
        password_service.hash_password("a rainy morning in Vianden")

    assert password_service.hash_password("a rainy morning in Vianden").startswith("$argon2id$")
