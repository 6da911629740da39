"""Pages of the marketplace module."""
