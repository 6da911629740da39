"""What core does: no request, no template."""
