"""The feature gate: a feature is open if its module is in effect and the vendor's subscription includes it.

Where no module sells subscriptions, everything in effect is open. Billing answers for a vendor through the
contribution `framework.entitlements`: `(session, platform_id, vendor_id) -> Entitlements | None`.
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from flask import Flask, g

from wizamart.exceptions import FeatureClosed

View = TypeVar("View", bound=Callable[..., Any])
FEATURE_ATTRIBUTE: Final = "wizamart_feature"


@dataclass(frozen=True, slots=True)
class Entitlements:
    """What a vendor's subscription opens; None as `features` means all, a limit that is not named has no bound.

    `opened_by` names the tier that opens a feature, `raised_by` the next one that allows more of what is limited;
    `endpoint` is the page of the vendor's portal where another tier is chosen.
    """

    tier: str | None = None
    features: frozenset[str] | None = None
    limits: Mapping[str, int] = field(default_factory=dict)
    opened_by: Mapping[str, str] = field(default_factory=dict)
    raised_by: Mapping[str, str] = field(default_factory=dict)
    endpoint: str | None = None

    def includes(self, feature: str) -> bool:
        """Tell whether the subscription includes a feature."""
        return self.features is None or feature in self.features


UNLIMITED: Final = Entitlements()


class FeatureGate:
    """The gate of one request: what is in effect, and what the vendor's subscription says, asked for once."""

    def __init__(self, available: frozenset[str], ask: Callable[[], Entitlements | None]) -> None:
        self._available = available
        self._ask = ask

    @functools.cached_property
    def entitlements(self) -> Entitlements:
        """The vendor's entitlements, or unlimited ones where nobody sells subscriptions."""
        return self._ask() or UNLIMITED

    def is_open(self, feature: str) -> bool:
        """Tell whether a feature may be used."""
        return feature in self._available and self.entitlements.includes(feature)

    def check(self, feature: str) -> None:
        """Let pass or refuse.

        :raises FeatureClosed: with the tier that would open it, and the endpoint where it is chosen.
        """
        if not self.is_open(feature):
            offer = self.entitlements
            raise FeatureClosed(feature=feature, tier=offer.opened_by.get(feature), endpoint=offer.endpoint)


def current_gate() -> FeatureGate:
    """Return the gate of the current request; before a platform is known nothing is open."""
    gate: FeatureGate | None = g.get("feature_gate")
    return gate if gate is not None else FeatureGate(frozenset(), lambda: None)


def has_feature(feature: str) -> bool:
    """Tell whether a feature may be used in this request."""
    return current_gate().is_open(feature)


def limit_of(limit: str) -> int | None:
    """Return a limit of the vendor's subscription, or None where there is none."""
    return current_gate().entitlements.limits.get(limit)


def feature_of(app: Flask, endpoint: str) -> str | None:
    """Return the feature that a view belongs to: the one it declares itself, or else its blueprint's."""
    own: str | None = getattr(app.view_functions.get(endpoint), FEATURE_ATTRIBUTE, None)
    return own or getattr(app.blueprints.get(endpoint.rpartition(".")[0]), "feature", None)


def requires_feature(feature: str) -> Callable[[View], View]:
    """Declare the feature that a view belongs to, whatever its blueprint says; it is checked after the permission."""

    def mark(view: View) -> View:
        setattr(view, FEATURE_ATTRIBUTE, feature)
        return view

    return mark
