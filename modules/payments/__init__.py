"""Payments: provider accounts, and a ledger of what was authorised, captured and refunded."""
