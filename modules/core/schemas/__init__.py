"""What core shows and what other modules hand to it."""
