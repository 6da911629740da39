"""Tiers: what is sold on a platform, and what vendors were given on top."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.billing.exceptions import TierCodeTaken, TierNotFound
from modules.billing.models.tier import FeatureOverride, Tier
from modules.billing.schemas.features import TIERS, initial_features
from modules.billing.schemas.forms import TierForm
from modules.core.services import audit_service
from wizamart import audit, clock
from wizamart.database import db
from wizamart.exceptions import InvalidInput
from wizamart.i18n import gettext as _, lazy_gettext, lazy_pgettext
from wizamart.module_system.definition import ModuleTier
from wizamart.module_system.manager import current_manager
from wizamart.platforms import Platform

NAMES: Final = {
    "essential": lazy_gettext("Essential"),
    "professional": lazy_gettext("Professional"),
    "business": lazy_pgettext("tier", "Business"),
    "enterprise": lazy_gettext("Enterprise"),
}
PRICES: Final = {"essential": 2900, "professional": 7900, "business": 19_900, "enterprise": 49_900}
INITIAL_LIMITS: Final[Mapping[str, dict[str, int]]] = {
    "essential": {"products": 100, "orders": 100, "staff": 2},
    "professional": {"products": 1000, "orders": 1000, "staff": 5},
    "business": {"products": 10_000, "orders": 10_000, "staff": 20},
    "enterprise": {},
}
MONTHS_PAID_A_YEAR: Final = 10


def sellable_features() -> dict[str, tuple[str, ...]]:
    """Return the features that tiers may open, by module: those of optional modules but billing's own.

    Core's and billing's own are always open, so that nobody locks themselves out of the page that would open it.
    """
    return {
        code: module.features
        for code, module in current_manager().registry.items()
        if module.features and module.tier is ModuleTier.OPTIONAL and code != "billing"
    }


def list_tiers(session: Session, *, platform_id: int, only_offered: bool = False) -> Sequence[Tier]:
    """Return the tiers of a platform, lowest first."""
    query = sa.select(Tier).where(Tier.platform_id == platform_id).order_by(Tier.rank, Tier.id)
    return session.scalars(query.where(Tier.is_offered) if only_offered else query).all()


def read_names(session: Session, targets: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Return the names of the tiers among the targets of the audit trail, by id."""
    return audit_service.read_names(session, targets, "tier", key=Tier.id, name=Tier.name)


def get_tier(session: Session, tier_id: int) -> Tier:
    """Return a tier of the session's platform.

    :raises TierNotFound: when there is none, or it is another platform's.
    """
    tier = session.scalars(sa.select(Tier).where(Tier.id == tier_id)).one_or_none()
    if tier is None:
        raise TierNotFound
    return tier


def create_initial_tiers(platform_id: int) -> None:
    """Give a platform the four tiers to begin with; where it has any, nothing is changed. Hook of `on_enable`."""
    session = db.session()
    if list_tiers(session, platform_id=platform_id):
        return
    features = initial_features(sellable_features())
    currency = session.scalar(sa.select(Platform.currency).where(Platform.id == platform_id)) or "EUR"
    now = clock.now()
    for rank, code in enumerate(TIERS, start=1):
        session.add(
            Tier(
                platform_id=platform_id,
                code=code,
                name=str(NAMES[code]),
                rank=rank,
                price_month=PRICES[code],
                price_year=PRICES[code] * MONTHS_PAID_A_YEAR,
                currency=currency,
                features=features[code],
                limits=dict(INITIAL_LIMITS[code]),
                created_at=now,
            )
        )


def create_tier(
    session: Session,
    values: TierForm,
    features: Iterable[str],
    *,
    platform_id: int,
    currency: str,
    actor_id: int | None,
    at: datetime,
) -> Tier:
    """Add a tier.

    :raises TierCodeTaken: at the field `code`.
    :raises InvalidInput: for features that cannot be sold.
    """
    _check(session, values, features, platform_id=platform_id, tier_id=None)
    tier = Tier(platform_id=platform_id, currency=currency, created_at=at)
    _fill(tier, values, features)
    session.add(tier)
    session.flush()  # the trail names its id
    _record(session, tier, None, actor_id=actor_id, at=at)
    return tier


def update_tier(
    session: Session,
    tier: Tier,
    values: TierForm,
    features: Iterable[str],
    *,
    actor_id: int | None,
    at: datetime,
) -> Tier:
    """Change a tier; prices hold from each subscription's next period on, features at once.

    :raises TierCodeTaken: at the field `code`.
    :raises InvalidInput: for features that cannot be sold.
    """
    _check(session, values, features, platform_id=tier.platform_id, tier_id=tier.id)
    before = _visible(tier)
    _fill(tier, values, features)
    if _visible(tier) != before:
        _record(session, tier, before, actor_id=actor_id, at=at)
    return tier


def list_overrides(session: Session, *, platform_id: int, vendor_id: int) -> Sequence[FeatureOverride]:
    """Return the features that a vendor was given."""
    query = sa.select(FeatureOverride).where(
        FeatureOverride.platform_id == platform_id, FeatureOverride.vendor_id == vendor_id
    )
    return session.scalars(query.order_by(FeatureOverride.feature)).all()


def grant_feature(
    session: Session,
    feature: str,
    *,
    platform_id: int,
    vendor_id: int,
    reason: str,
    actor_id: int | None,
    at: datetime,
) -> FeatureOverride:
    """Give a vendor a feature whatever its tier says; giving it again changes nothing."""
    for known in list_overrides(session, platform_id=platform_id, vendor_id=vendor_id):
        if known.feature == feature:
            return known
    override = FeatureOverride(
        platform_id=platform_id,
        vendor_id=vendor_id,
        feature=feature,
        reason=reason,
        actor_id=actor_id,
        created_at=at,
    )
    session.add(override)
    _record_override(session, "billing.feature_grant", override, actor_id=actor_id, at=at)
    return override


def withdraw_feature(
    session: Session, feature: str, *, platform_id: int, vendor_id: int, actor_id: int | None, at: datetime
) -> None:
    """Take a given feature back; one that was not given is no error."""
    for known in list_overrides(session, platform_id=platform_id, vendor_id=vendor_id):
        if known.feature == feature:
            session.delete(known)
            _record_override(session, "billing.feature_withdraw", known, actor_id=actor_id, at=at)


def _check(
    session: Session, values: TierForm, features: Iterable[str], *, platform_id: int, tier_id: int | None
) -> None:
    query = sa.select(Tier.id).where(
        Tier.platform_id == platform_id, Tier.code == values.code, Tier.id != (tier_id or 0)
    )
    if session.scalar(query) is not None:
        raise TierCodeTaken({"code": [str(TierCodeTaken.message)]})
    known = {feature for found in sellable_features().values() for feature in found}
    if not set(features) <= known:
        raise InvalidInput({"features": [_("Choose features of this installation.")]})


def _fill(tier: Tier, values: TierForm, features: Iterable[str]) -> None:
    for name in (
        "name",
        "code",
        "description",
        "rank",
        "price_month",
        "price_year",
        "trial_days",
        "is_offered",
    ):
        setattr(tier, name, getattr(values, name))
    tier.features = sorted(set(features))
    tier.limits = values.limits.model_dump(exclude_none=True)


def _visible(tier: Tier) -> dict[str, Any]:
    names = ("name", "code", "rank", "price_month", "price_year", "is_offered", "features", "limits")
    return {name: getattr(tier, name) for name in names}


def _record(
    session: Session, tier: Tier, before: dict[str, Any] | None, *, actor_id: int | None, at: datetime
) -> None:
    audit.record(
        session,
        action="billing.tier_update" if before else "billing.tier_create",
        target=f"tier:{tier.id}",
        actor_id=actor_id,
        platform_id=tier.platform_id,
        before=before,
        after=_visible(tier),
        at=at,
    )


def _record_override(
    session: Session, action: str, override: FeatureOverride, *, actor_id: int | None, at: datetime
) -> None:
    audit.record(
        session,
        action=action,
        target=f"vendor:{override.vendor_id}",
        actor_id=actor_id,
        platform_id=override.platform_id,
        after={"feature": override.feature},
        note=override.reason or None,
        at=at,
    )
