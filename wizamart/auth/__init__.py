"""Sign-in and people: users, their sessions and tokens, passwords, second factor, throttling."""
