"""Accounts at payment providers."""

import json
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, mapped_column

from modules.payments.gateways.addresses import address_of
from modules.payments.gateways.interface import Access, Method
from wizamart.database import Base
from wizamart.i18n import LazyText
from wizamart.platforms import PlatformOwned
from wizamart.secrets import EncryptedText, SecretUnreadable


class SealedText(EncryptedText):
    """A secret whose row can be read without it: "" stands for what no key opens, since no secret is empty."""

    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Decrypt on the way out, as far as that is possible."""
        try:
            return super().process_result_value(value, dialect)
        except SecretUnreadable:
            return ""


class ProviderAccount(PlatformOwned, Base):
    """An account at a provider: of a vendor, or without `vendor_id` of the platform, which all vendors may use.

    The services ask whose accounts are meant in every call, since no scope can know it.
    """

    __tablename__ = "payments_accounts"
    __table_args__ = (sa.UniqueConstraint("public_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    vendor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("vendors.id", ondelete="CASCADE"), index=True)
    public_id: Mapped[str] = mapped_column(sa.String(40))
    gateway: Mapped[str] = mapped_column(sa.String(40))
    name: Mapped[str] = mapped_column(sa.String(120))
    is_live: Mapped[bool] = mapped_column(default=False)
    is_enabled: Mapped[bool] = mapped_column(default=True)
    methods: Mapped[list[str]] = mapped_column(default=list)
    sealed_credentials: Mapped[str] = mapped_column(SealedText, default="{}")
    created_at: Mapped[datetime]

    @property
    def is_readable(self) -> bool:
        """Whether a key that we hold opens the credentials."""
        return self.sealed_credentials != ""

    @property
    def credentials(self) -> dict[str, str]:
        """The credentials in the clear: for the provider's client only, never for a page.

        :raises SecretUnreadable: when no key opens them.
        """
        if not self.is_readable:
            raise SecretUnreadable
        found: dict[str, str] = json.loads(self.sealed_credentials)
        return found

    @property
    def access(self) -> Access:
        """How the provider is asked in the name of this account."""
        return Access(is_live=self.is_live, credentials=self.credentials, api_base=address_of(self.gateway))

    @property
    def method_labels(self) -> list[LazyText]:
        """The methods offered, in words."""
        return [method.label for method in Method if method.value in self.methods]
