"""Forms around connections, and the words of the log."""

import enum

from pydantic import Field, SecretStr

from wizamart.i18n import LazyText, gettext_noop as _, lazy_pgettext
from wizamart.schema import Schema


class ConnectionForm(Schema):
    """What a vendor sets for a marketplace."""

    is_enabled: bool = Field(
        default=True,
        title=_("Offer the feed"),
        description=_("Off, its addresses answer as if nothing were there."),
    )
    locales: list[str] = Field(
        default_factory=lambda: ["fr", "de", "en"], title=_("Languages of the feed"), min_length=1
    )
    brand: str = Field(
        "",
        title=_("Brand"),
        description=_("Sent for all products: your own brand, or the name of your shop."),
        max_length=70,
    )
    api_key: SecretStr | None = Field(
        None,
        title=_("API key"),
        description=_("From the marketplace's settings; kept encrypted, for the exchange of orders."),
        max_length=400,
    )


class TextForm(Schema):
    """A product in another language."""

    title: str = Field("", title=_("Title"), max_length=200)
    description: str = Field(
        "", title=_("Description"), max_length=20_000, json_schema_extra={"kind": "textarea"}
    )


class ExchangeKind(enum.StrEnum):
    """What stands in the log."""

    CONNECTED = "connected"
    CHANGED = "changed"
    KEY_CHANGED = "key_changed"
    TOKEN_ROTATED = "token_rotated"  # noqa: S105 - a name, no password
    FETCHED = "fetched"
    UNCHANGED = "unchanged"

    @property
    def label(self) -> LazyText:
        """The kind in words."""
        return _LABELS[self]


_LABELS = {
    ExchangeKind.CONNECTED: lazy_pgettext("marketplace log", "Connected"),
    ExchangeKind.CHANGED: lazy_pgettext("marketplace log", "Settings changed"),
    ExchangeKind.KEY_CHANGED: lazy_pgettext("marketplace log", "API key replaced"),
    ExchangeKind.TOKEN_ROTATED: lazy_pgettext("marketplace log", "Feed address replaced"),
    ExchangeKind.FETCHED: lazy_pgettext("marketplace log", "Feed fetched"),
    ExchangeKind.UNCHANGED: lazy_pgettext("marketplace log", "Feed asked for, unchanged"),
}
