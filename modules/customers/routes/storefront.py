"""The customers' pages in the shop: registering, the account, the address book, leaving."""

from modules.customers.routes import account_views, address_views, registration_views
from modules.customers.routes.blueprints import storefront as bp

__all__ = ["account_views", "address_views", "bp", "registration_views"]
