"""The tables of the CMS."""
