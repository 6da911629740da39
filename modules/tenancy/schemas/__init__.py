"""The forms of tenancy."""
