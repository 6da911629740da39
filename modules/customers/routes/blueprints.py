"""The blueprints of customers; both portals have the same pages, and admins some more."""

from wizamart.module_system.definition import FrontendType
from wizamart.module_system.mounting import module_blueprint

admin = module_blueprint("customers", FrontendType.ADMIN)
vendor = module_blueprint("customers", FrontendType.VENDOR)
storefront = module_blueprint("customers", FrontendType.STOREFRONT)
