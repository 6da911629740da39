"""States, forms and values of orders."""
