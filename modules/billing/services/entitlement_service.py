"""What a vendor may use: the answer to the feature gate, in one query."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from modules.billing.models.subscription import Subscription
from modules.billing.models.tier import FeatureOverride, Tier
from modules.billing.schemas.features import open_features
from modules.billing.schemas.lifecycle import ENTITLING
from modules.billing.services.invoice_service import read_config
from modules.billing.services.tier_service import sellable_features
from wizamart.feature_gate import Entitlements
from wizamart.module_system.manager import current_manager


def entitlements_of(session: Session, platform_id: int, vendor_id: int) -> Entitlements | None:
    """Return what a vendor's subscription opens; None (everything) where there is nothing to buy."""
    rows = session.execute(_query(platform_id, vendor_id)).all()
    if not rows:
        return None
    first = rows[0]
    tiers = {row.code: row for row in sorted(rows, key=lambda row: row.rank)}
    subscribed = next((code for code, row in tiers.items() if row.id == first.tier_id), None)
    code = subscribed if first.status in ENTITLING else read_config(session, platform_id).unsubscribed_tier
    if first.status is None and code not in tiers:
        return None
    granted = {row.feature for row in rows if row.feature is not None}
    own = tiers.get(code or "")
    return Entitlements(
        tier=own.name if own else None,
        features=_features(own.features if own else [], granted, tiers),
        limits=dict(own.limits) if own else {},
        opened_by=_opened_by(tiers),
        raised_by=_raised_by(own, tiers) if own else {},
    )


def _query(platform_id: int, vendor_id: int) -> sa.Select[Any]:
    return (
        sa.select(
            Tier.id,
            Tier.code,
            Tier.name,
            Tier.rank,
            Tier.is_offered,
            Tier.features,
            Tier.limits,
            Subscription.tier_id,
            Subscription.status,
            FeatureOverride.feature,
        )
        .outerjoin(
            Subscription,
            sa.and_(Subscription.platform_id == Tier.platform_id, Subscription.vendor_id == vendor_id),
        )
        .outerjoin(
            FeatureOverride,
            sa.and_(FeatureOverride.platform_id == Tier.platform_id, FeatureOverride.vendor_id == vendor_id),
        )
        .where(Tier.platform_id == platform_id)
    )


def _features(own: Sequence[str], granted: set[str], tiers: Mapping[str, Row[Any]]) -> frozenset[str]:
    registry = current_manager().registry
    known = frozenset(feature for module in registry.values() for feature in module.features)
    sellable = frozenset(feature for features in sellable_features().values() for feature in features)
    sold = frozenset(feature for tier in tiers.values() for feature in tier.features)
    return open_features({*own, *granted}, known=known, sold=sold, always=known - sellable)


def _opened_by(tiers: Mapping[str, Row[Any]]) -> dict[str, str]:
    """Return for each feature the lowest tier on offer that opens it."""
    opened: dict[str, str] = {}
    for tier in tiers.values():
        for feature in tier.features if tier.is_offered else ():
            opened.setdefault(feature, tier.name)
    return opened


def _raised_by(own: Row[Any], tiers: Mapping[str, Row[Any]]) -> dict[str, str]:
    """Return for each limit of a tier the next one on offer that allows more, or sets no bound."""
    higher = [tier for tier in tiers.values() if tier.is_offered and tier.rank > own.rank]
    return {
        name: found.name
        for name, bound in own.limits.items()
        if (found := next((tier for tier in higher if tier.limits.get(name, bound + 1) > bound), None))
    }
