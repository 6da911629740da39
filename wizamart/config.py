"""The installation's settings: typed, frozen, read once from the environment and `.env`."""

import json
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent.parent
SHORTEST_KEY = 32
DEVELOPMENT_KEY = "development-key-not-for-production"
ORIGIN = re.compile(r"https?://([a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")


class Settings(BaseSettings):
    """Every setting of the installation; the variable is the name in capitals with `WIZAMART_` before it."""

    model_config = SettingsConfigDict(env_prefix="WIZAMART_", env_file=".env", frozen=True, extra="ignore")

    environment: Literal["development", "testing", "production"] = "development"
    secret_key: SecretStr = Field(default=SecretStr(DEVELOPMENT_KEY), validate_default=True)
    encryption_keys: Annotated[list[SecretStr], NoDecode] = Field(
        default_factory=list,
        description="Keys for secrets at rest, newest first; empty means one derived from the secret key.",
    )
    database_url: str = f"sqlite:///{ROOT / 'instance' / 'wizamart.db'}"
    redis_url: str | None = None
    default_platform: str | None = Field(
        default=None, description="Code of the platform that answers where neither host nor prefix names one."
    )
    public_address: str | None = Field(
        default=None,
        description="Where the installation is reached, such as https://wizamart.example.com: it begins the links in "
        "mails of platforms that have no host of their own.",
    )
    trusted_proxies: int = Field(
        default=0, ge=0, le=5, description="Proxies in front that set X-Forwarded-*."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["console", "json"] = "console"
    sentry_dsn: SecretStr | None = None
    operator_token: SecretStr | None = Field(
        default=None, description="Bearer token that opens the details of /health and /metrics."
    )
    mail_url: str | None = Field(
        default=None,
        description="smtp://user:password@host:port; without it mails are kept in the outbox only.",
    )
    mail_sender: str = "Wizamart <no-reply@wizamart.test>"
    embedded_workers: int = Field(default=2, ge=0, le=16, description="Threads that run tasks without Redis.")
    require_second_factor: bool = Field(default=False, description="Super admins must use a second factor.")
    migrate_on_start: bool = False
    blocked_modules: Annotated[list[str], NoDecode] = Field(
        default_factory=list,
        description="Codes of modules that stay off everywhere, whatever platforms want.",
    )
    media_path: Path = ROOT / "instance" / "media"
    max_upload_bytes: int = Field(default=16 * 1024 * 1024, gt=0)

    service_addresses: Annotated[dict[str, str], NoDecode] = Field(
        default_factory=dict,
        description="Other addresses of outside services by their names, for tests: refused in production.",
    )

    @property
    def is_production(self) -> bool:
        """Whether the strict rules of production hold."""
        return self.environment == "production"

    @field_validator("encryption_keys", "blocked_modules", "service_addresses", mode="before")
    @classmethod
    def read_json(cls, value: Any, info: ValidationInfo) -> Any:
        """Read what a variable holds; here, so that a mistake in it is told together with the others."""
        if not isinstance(value, str):
            return value
        is_list = info.field_name != "service_addresses"
        try:
            return json.loads(value or ("[]" if is_list else "{}"))
        except ValueError:
            form = '["one", "two"]' if is_list else '{"name": "https://example.com"}'
            raise ValueError(f"it is written as JSON, such as {form}") from None

    @field_validator("database_url")
    @classmethod
    def refuse_what_leads_to_no_database(cls, address: str) -> str:
        """Refuse what is no address, and databases for which nothing is installed."""
        try:
            make_url(address).get_dialect()
        except (ArgumentError, ImportError):
            raise ValueError(
                "an address such as postgresql+psycopg://wizamart@db/wizamart or sqlite:////srv/wizamart.db"
            ) from None
        return address

    @field_validator("public_address")
    @classmethod
    def refuse_address_with_path(cls, address: str | None) -> str | None:
        """Refuse what is more or less than a scheme and a host: paths are put behind it."""
        if not address:
            return None
        origin = address.rstrip("/").lower()
        if not ORIGIN.fullmatch(origin):
            raise ValueError("a scheme and a host, such as https://wizamart.example.com")
        return origin

    @field_validator("service_addresses")
    @classmethod
    def refuse_other_addresses_in_production(
        cls, addresses: dict[str, str], info: ValidationInfo
    ) -> dict[str, str]:
        """Refuse to send credentials anywhere but to the services themselves."""
        if addresses and info.data.get("environment") == "production":
            raise ValueError("production knows only the services' own addresses")
        return addresses

    @field_validator("secret_key")
    @classmethod
    def refuse_development_key_in_production(cls, secret: SecretStr, info: ValidationInfo) -> SecretStr:
        """Refuse a key that everybody can read in this file, and one too short to resist guessing."""
        key = secret.get_secret_value()
        is_weak = key == DEVELOPMENT_KEY or len(key) < SHORTEST_KEY
        if is_weak and info.data.get("environment") == "production":
            raise ValueError("production needs a key of its own with at least 32 characters")
        return secret
