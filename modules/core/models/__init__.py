"""The tables of core."""
