"""Outside services as local servers: real HTTP on loopback, and faults on demand."""
