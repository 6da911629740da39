"""Pages of vendors."""

from modules.inventory.routes import (
    vendor_imports,
    vendor_options,
    vendor_products,
    vendor_stock,
    vendor_stock_takes,
    vendor_texts,
)
from modules.inventory.routes.blueprints import vendor as bp

__all__ = [
    "bp",
    "vendor_imports",
    "vendor_options",
    "vendor_products",
    "vendor_stock",
    "vendor_stock_takes",
    "vendor_texts",
]
