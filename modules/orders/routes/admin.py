"""Pages of admins: the orders of all vendors."""

from modules.orders.routes.register import add_pages
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.mounting import module_blueprint

bp = module_blueprint("orders", FrontendType.ADMIN)
add_pages(bp)
