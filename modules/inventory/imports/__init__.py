"""Catalogue files: reading, recognising and normalising them; knows no database."""
