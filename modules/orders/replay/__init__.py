"""Real orders of another shop, played into a platform through the services."""
