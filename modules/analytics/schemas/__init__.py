"""What analytics hands around."""
