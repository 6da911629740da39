"""Messaging: what happens reaches the people it concerns, in the page and by mail."""
