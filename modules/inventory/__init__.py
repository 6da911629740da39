"""Products with variants, locations, and stock as a ledger of movements."""
