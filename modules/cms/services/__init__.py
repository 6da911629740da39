"""What can be done with pages, pictures and themes."""
