"""The settings: what production refuses, and that everything wrong is told at once."""

import pytest
from pydantic import ValidationError

from wizamart.config import Settings


def faults_of(**values: object) -> set[str]:
    """Return the names of the settings that are refused."""
    with pytest.raises(ValidationError) as refusal:
        Settings.model_validate(values)
    return {str(fault["loc"][0]) for fault in refusal.value.errors()}


def test_everything_that_is_wrong_is_told_at_once(monkeypatch):
    monkeypatch.delenv("WIZAMART_SECRET_KEY", raising=False)
    faults = faults_of(
        environment="production",
        migrate_on_start="perhaps",
        public_address="ftp://example.com",
        service_addresses={"stripe": "http://127.0.0.1:1"},
    )
    assert faults == {"secret_key", "migrate_on_start", "public_address", "service_addresses"}


@pytest.mark.parametrize("key", ["short", "development-key-not-for-production"])
def test_production_refuses_keys_that_can_be_guessed(key):
    assert faults_of(environment="production", secret_key=key) == {"secret_key"}


def test_elsewhere_the_key_of_development_will_do(monkeypatch):
    monkeypatch.delenv("WIZAMART_SECRET_KEY", raising=False)
    assert Settings.model_validate({"environment": "development"}).secret_key
