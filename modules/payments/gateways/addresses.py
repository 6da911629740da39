"""Where providers are asked: at their own addresses, or where the installation's settings say, which tests do."""

from flask import current_app

from wizamart.config import Settings


def address_of(gateway: str) -> str:
    """Return another address than the provider's own, or nothing; it comes from the settings, never from the web."""
    settings: Settings = current_app.extensions["settings"]
    return settings.service_addresses.get(gateway, "")
