"""Pages of customers: cart, checkout, and their orders."""

from modules.orders.routes import cart_pages, checkout_pages, status_pages, storefront_documents
from modules.orders.routes.blueprints import storefront as bp

__all__ = ["bp", "cart_pages", "checkout_pages", "status_pages", "storefront_documents"]
