"""The commands of `wizamart` that belong to no module; `cli` gathers them."""
