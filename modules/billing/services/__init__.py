"""What billing does."""
