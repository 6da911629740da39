"""The tables of tenancy; those of platforms, vendors, people and roles belong to the framework."""
