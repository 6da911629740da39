"""Which features a tier opens. Pure, no database."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

TIERS: Final = ("essential", "professional", "business", "enterprise")
LIMITS: Final = ("products", "orders", "staff")


def initial_features(by_module: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Share the features out over the tiers: each module lists its basic ones first, so they come first.

    The first half of every module's features is in every tier, what a shop cannot do without; each of the others
    comes one tier later, and every tier includes those below it.
    """
    opened_at = {
        feature: min(max(0, position + 1 - (len(features) + 1) // 2), len(TIERS) - 1)
        for features in by_module.values()
        for position, feature in enumerate(features)
    }
    return {
        tier: sorted(feature for feature, rank in opened_at.items() if rank <= index)
        for index, tier in enumerate(TIERS)
    }


def open_features(
    own: Iterable[str], *, known: frozenset[str], sold: frozenset[str], always: frozenset[str]
) -> frozenset[str]:
    """Return what is open: the tier's own features, those that are always, and those that no tier sells."""
    return frozenset(own) | always | (known - sold)
