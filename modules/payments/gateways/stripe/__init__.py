"""Stripe, by its own client."""
