"""The providers that there are, behind one interface."""
