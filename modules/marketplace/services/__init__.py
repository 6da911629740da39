"""What can be done with connections and feeds."""
