"""Values and rules of billing that need no database."""
