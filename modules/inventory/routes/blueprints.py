"""The blueprints of the inventory, one a frontend."""

from wizamart.module_system.definition import FrontendType
from wizamart.module_system.mounting import module_blueprint

admin = module_blueprint("inventory", FrontendType.ADMIN)
vendor = module_blueprint("inventory", FrontendType.VENDOR, feature="inventory.catalogue")
storefront = module_blueprint("inventory", FrontendType.STOREFRONT)
