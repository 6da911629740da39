"""Forms and values of the marketplace module."""
