"""Forms and values of the inventory."""
