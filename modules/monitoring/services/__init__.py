"""Services of monitoring."""
