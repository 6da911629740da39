"""Routes of dev-tools."""
