"""Billing in the admins' portal."""

from modules.billing.routes import invoices, subscriptions, tiers
from modules.billing.routes.blueprints import admin as bp

__all__ = ["bp", "invoices", "subscriptions", "tiers"]
