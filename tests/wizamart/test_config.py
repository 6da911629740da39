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


def test_lists_that_are_no_json_and_an_address_that_leads_to_no_database_are_told_with_the_rest(monkeypatch):
    monkeypatch.setenv("WIZAMART_ENCRYPTION_KEYS", "a-key-of-my-own")
    monkeypatch.setenv("WIZAMART_BLOCKED_MODULES", "billing")
    monkeypatch.setenv("WIZAMART_SERVICE_ADDRESSES", "[]")

    monkeypatch.setenv("WIZAMART_DATABASE_URL", "wizamart.db")
    monkeypatch.setenv("WIZAMART_MIGRATE_ON_START", "perhaps")

    with pytest.raises(ValidationError) as refusal:
        Settings(_env_file=None)

    told = {str(fault["loc"][0]) for fault in refusal.value.errors()}
    assert told >= {"encryption_keys", "blocked_modules", "service_addresses", "database_url"}
    assert "migrate_on_start" in told


def test_lists_are_read_as_json_and_an_empty_one_is_none(monkeypatch):
    monkeypatch.setenv("WIZAMART_ENCRYPTION_KEYS", '["new", "old"]')
    monkeypatch.setenv("WIZAMART_BLOCKED_MODULES", "")

    settings = Settings(_env_file=None)

    assert [key.get_secret_value() for key in settings.encryption_keys] == ["new", "old"]
    assert settings.blocked_modules == []


@pytest.mark.parametrize("address", ["wizamart.db", "nosuch://host/name", "postgresql+nosuch://host/name"])
def test_the_address_of_a_database_is_one_that_can_be_opened(address):
    assert faults_of(database_url=address) == {"database_url"}
