"""The pages and the API of core."""
