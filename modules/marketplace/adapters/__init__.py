"""The marketplaces that a vendor can be connected to, by code."""

from collections.abc import Mapping
from typing import Final

from modules.marketplace.adapters.interface import Adapter
from modules.marketplace.adapters.letzshop import Letzshop

ADAPTERS: Final[Mapping[str, Adapter]] = {adapter.code: adapter for adapter in (Letzshop(),)}
