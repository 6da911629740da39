"""Services of dev-tools."""
