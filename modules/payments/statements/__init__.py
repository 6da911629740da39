"""Bank statements without a database: reading them, finding what an entry pays, writing orders to the bank."""
