"""Provider accounts: whose they are, what they offer, and their credentials, which only go in."""

import json
import secrets as random
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel, SecretStr
from sqlalchemy.orm import Session

from modules.core.services import audit_service
from modules.payments.exceptions import AccountNotFound, NoAccount
from modules.payments.gateways.interface import Access, Method, Provider
from modules.payments.gateways.registry import find_gateway, get_gateway
from modules.payments.models.account import ProviderAccount
from modules.payments.schemas.account import AccountForm
from wizamart import audit
from wizamart.exceptions import InvalidInput
from wizamart.i18n import gettext as _


def build_query(*, vendor_id: int | None, all_vendors: bool = False) -> sa.Select[Any]:
    """Return the accounts of one owner (a vendor, or None for the platform), or of all of them."""
    query = sa.select(ProviderAccount)
    return query if all_vendors else query.where(ProviderAccount.vendor_id.is_not_distinct_from(vendor_id))


def read_names(session: Session, targets: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Return the names of the accounts among the targets of the audit trail, by id."""
    columns = {"key": ProviderAccount.id, "name": ProviderAccount.name}
    return audit_service.read_names(session, targets, "payment-account", **columns)


def get_account(
    session: Session, account_id: int, *, vendor_id: int | None, all_vendors: bool = False
) -> ProviderAccount:
    """Return an account of this owner.

    :raises AccountNotFound: when there is none, or it is somebody else's.
    """
    query = build_query(vendor_id=vendor_id, all_vendors=all_vendors).where(ProviderAccount.id == account_id)
    account: ProviderAccount | None = session.scalars(query).one_or_none()
    if account is None:
        raise AccountNotFound
    return account


def list_usable(session: Session, *, platform_id: int, vendor_id: int | None) -> Sequence[ProviderAccount]:
    """Return the enabled accounts that a vendor's customers may pay with: its own, or else the platform's."""
    query = (
        sa.select(ProviderAccount)
        .where(
            ProviderAccount.platform_id == platform_id,
            ProviderAccount.is_enabled,
            sa.or_(ProviderAccount.vendor_id.is_(None), ProviderAccount.vendor_id == vendor_id),
        )
        .order_by(ProviderAccount.is_live.desc(), ProviderAccount.id)
    )
    accounts = [account for account in session.scalars(query) if account.methods]
    own = [account for account in accounts if account.vendor_id is not None]
    return own or accounts


def list_testable(session: Session, *, vendor_id: int | None, gateway: str) -> dict[int, ProviderAccount]:
    """Return an owner's enabled accounts at a provider by id, as far as they offer a method."""
    query = build_query(vendor_id=vendor_id).where(
        ProviderAccount.gateway == gateway, ProviderAccount.is_enabled
    )
    return {account.id: account for account in session.scalars(query) if account.methods}


def choose_account(
    session: Session, *, platform_id: int, vendor_id: int | None, method: Method
) -> ProviderAccount:
    """Return the account that takes a payment by this method.

    :raises NoAccount: when no enabled one offers it.
    """
    for account in list_usable(session, platform_id=platform_id, vendor_id=vendor_id):
        if method.value in account.methods and find_gateway(account.gateway) is not None:
            return account
    raise NoAccount


def create_account(
    session: Session,
    gateway_code: str,
    values: AccountForm,
    *,
    platform_id: int,
    vendor_id: int | None,
    actor_id: int | None,
    at: datetime,
) -> ProviderAccount:
    """Set up an account.

    :raises InvalidInput: when the provider cannot do what is asked, by field.
    """
    _check(gateway_code, values)
    account = ProviderAccount(
        platform_id=platform_id,
        vendor_id=vendor_id,
        public_id=random.token_hex(16),
        gateway=gateway_code,
        name=values.name,
        is_live=values.is_live,
        is_enabled=True,
        methods=[method.value for method in values.methods],
        sealed_credentials=json.dumps(_plain(_credentials_of(values))),
        created_at=at,
    )
    session.add(account)
    session.flush()  # the trail names its id
    _record(session, "payments.account_create", account, None, actor_id=actor_id, at=at)
    return account


def update_account(
    session: Session,
    account: ProviderAccount,
    values: AccountForm,
    *,
    actor_id: int | None,
    at: datetime,
) -> ProviderAccount:
    """Change an account; secrets that the form left empty were put back by it.

    :raises InvalidInput: when the provider cannot do what is asked, by field.
    """
    _check(account.gateway, values)
    before = _visible(account)
    account.name = values.name
    account.is_live = values.is_live
    account.methods = [method.value for method in values.methods]
    sealed = _plain(_credentials_of(values))
    has_new_credentials = not account.is_readable or sealed != account.credentials
    if has_new_credentials:
        account.sealed_credentials = json.dumps(sealed)
    if has_new_credentials or before != _visible(account):
        note = "credentials replaced" if has_new_credentials else None
        _record(session, "payments.account_update", account, before, actor_id=actor_id, at=at, note=note)
    return account


def set_enabled(
    session: Session, account: ProviderAccount, *, is_enabled: bool, actor_id: int | None, at: datetime
) -> ProviderAccount:
    """Switch an account on or off; what it took before can still be captured, refunded and voided."""
    if account.is_enabled != is_enabled:
        before = _visible(account)
        account.is_enabled = is_enabled
        _record(session, "payments.account_update", account, before, actor_id=actor_id, at=at)
    return account


def missing_credentials(account: ProviderAccount) -> list[str]:
    """Return the names of the credentials without which an account cannot be used; what no key opens is missing."""
    gateway = find_gateway(account.gateway)
    if gateway is None:
        return []
    fields = [
        name for name in gateway.credentials_model.model_fields if name not in gateway.optional_credentials
    ]
    needed = fields if account.is_live else gateway.needed_credentials
    stored = account.credentials if account.is_readable else {}
    return [name for name in needed if not stored.get(name)]


def list_faults(account: ProviderAccount) -> list[str]:
    """Return in words why an account cannot be used, as far as it can be seen without asking anybody."""
    gateway = find_gateway(account.gateway)
    if gateway is None:
        return [_("The provider %(gateway)s is not installed.", gateway=account.gateway)]
    if not account.is_readable:
        return [_("The stored credentials cannot be read any more. Enter them again.")]
    missing = missing_credentials(account)
    fields = gateway.credentials_model.model_fields
    titles = [_(fields[name].title or name) for name in missing]
    told = [_("Missing: %(names)s.", names=", ".join(titles))] if titles else []
    return [*told, *gateway.faults(account.access).values()]


def sends_messages(account: ProviderAccount) -> bool:
    """Tell whether the provider of an account tells of things by messages."""
    gateway = find_gateway(account.gateway)
    return gateway is not None and type(gateway).handle_webhook is not Provider.handle_webhook


def is_usable(account: ProviderAccount) -> bool:
    """Tell whether customers can pay with an account: it is on, offers something, and has what it needs."""
    return account.is_enabled and bool(account.methods) and not list_faults(account)


def _check(gateway_code: str, values: AccountForm) -> None:
    gateway = get_gateway(gateway_code)
    capabilities = gateway.capabilities
    access = Access(is_live=values.is_live, credentials=_plain(_credentials_of(values)))
    errors = {f"credentials.{name}": [fault] for name, fault in gateway.faults(access).items()}
    if values.is_live and not capabilities.has_live_mode:
        errors["is_live"] = [_("This provider has no live mode.")]
    if not set(values.methods) <= set(capabilities.methods):
        errors["methods"] = [_("This provider does not offer all of these methods.")]
    if errors:
        raise InvalidInput(errors)


def _credentials_of(values: AccountForm) -> BaseModel:
    credentials: BaseModel = values.credentials  # type: ignore[attr-defined]  # of the provider's own form
    return credentials


def _plain(credentials: BaseModel) -> dict[str, str]:
    return {
        name: value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in credentials
    }


def _visible(account: ProviderAccount) -> dict[str, Any]:
    """Return what the trail may show: no credentials."""
    return {
        "name": account.name,
        "provider": account.gateway,
        "is_live": account.is_live,
        "is_enabled": account.is_enabled,
        "methods": list(account.methods),
    }


def _record(
    session: Session,
    action: str,
    account: ProviderAccount,
    before: dict[str, Any] | None,
    *,
    actor_id: int | None,
    at: datetime,
    note: str | None = None,
) -> None:
    audit.record(
        session,
        action=action,
        target=f"payment-account:{account.id}",
        actor_id=actor_id,
        platform_id=account.platform_id,
        before=before,
        after=_visible(account),
        note=note,
        at=at,
    )
