"""Tables of notifications, preferences and texts."""
