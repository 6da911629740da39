"""Tenancy: platforms, companies, vendors and the people who work for them."""
