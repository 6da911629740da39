"""Customers: who buys, on which platform and from whom."""
