"""What analytics can do."""
