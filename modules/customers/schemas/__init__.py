"""What customers hand to others and take from forms."""
