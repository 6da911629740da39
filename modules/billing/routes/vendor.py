"""Billing in the vendors' portal. No page of it is behind a feature: nobody can lock themselves out."""

from modules.billing.routes import own_invoices, own_subscription
from modules.billing.routes.blueprints import vendor as bp

__all__ = ["bp", "own_invoices", "own_subscription"]
