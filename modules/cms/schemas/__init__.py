"""What forms of the CMS ask."""
