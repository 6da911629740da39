"""Values that payments hands out and takes."""
