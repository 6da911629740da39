import pytest

from wizamart import secrets
from wizamart.config import Settings
from wizamart.secrets import SecretsNotReady, SecretUnreadable


@pytest.fixture(autouse=True)
def _own_keys(monkeypatch):
    monkeypatch.setattr(secrets, "_keys", None)


def use(*keys: str, secret_key: str = "s" * 40) -> None:
    secrets.init_app(Settings(secret_key=secret_key, encryption_keys=list(keys), _env_file=None))


def test_what_was_encrypted_comes_back_and_looks_different_each_time():
    use("new")

    first, second = secrets.encrypt("héllo"), secrets.encrypt("héllo")

    assert first != second
    assert "héllo" not in first
    assert secrets.decrypt(first) == secrets.decrypt(second) == "héllo"


def test_a_value_of_an_old_key_is_readable_until_the_key_goes_and_after_rotation():
    use("old", secret_key="a" * 40)
    token = secrets.encrypt("hello")

    use("new", "old", secret_key="b" * 40)
    assert secrets.decrypt(token) == "hello"
    rotated = secrets.rotate(token)

    use("new", secret_key="b" * 40)
    assert secrets.decrypt(rotated) == "hello"
    with pytest.raises(SecretUnreadable):
        secrets.decrypt(token)
    with pytest.raises(SecretUnreadable):
        secrets.rotate(token)


def test_setting_a_first_key_keeps_what_the_derived_one_has_encrypted_readable():
    use()
    token = secrets.encrypt("hello")

    use("first")

    assert secrets.decrypt(token) == "hello"


def test_a_changed_token_is_refused():
    use()
    token = secrets.encrypt("hello")

    with pytest.raises(SecretUnreadable):
        secrets.decrypt(token[:-4] + "AAA=")


def test_each_purpose_has_a_key_of_its_own():
    use()
    keys = {secrets.derive_key("one"), secrets.derive_key("two")}
    use(secret_key="t" * 40)

    assert len(keys | {secrets.derive_key("one")}) == 3
    assert {len(key) for key in keys} == {32}


def test_using_secrets_before_the_start_says_so():
    with pytest.raises(SecretsNotReady):
        secrets.encrypt("hello")
