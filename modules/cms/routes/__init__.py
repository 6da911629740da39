"""The pages of the CMS."""
