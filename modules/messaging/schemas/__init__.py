"""What messaging hands around."""
