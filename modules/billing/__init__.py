"""Billing: tiers, subscriptions and invoices to vendors."""
