"""What the inventory does, as functions."""
