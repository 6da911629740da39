"""Marketplaces elsewhere: a vendor’s catalogue as a feed that they fetch."""
