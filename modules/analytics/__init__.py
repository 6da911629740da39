"""Analytics: what was sold, by day and by vendor, from what the modules in effect contribute."""
