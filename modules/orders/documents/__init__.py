"""Orders on paper: invoices, credit notes and packing slips as PDF."""
