"""Pages of vendors: their own orders."""

from modules.orders.routes.register import add_pages
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.mounting import module_blueprint

bp = module_blueprint("orders", FrontendType.VENDOR, feature="orders.management")
add_pages(bp)
