"""Tables of figures that were computed ahead."""
