"""The blueprints of the inventory, one a frontend."""

from modules.inventory.routes.pictures import let_pictures_in
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.mounting import module_blueprint

admin = module_blueprint("inventory", FrontendType.ADMIN)
vendor = module_blueprint("inventory", FrontendType.VENDOR)
storefront = module_blueprint("inventory", FrontendType.STOREFRONT)
for blueprint in (admin, vendor, storefront):
    blueprint.after_request(let_pictures_in)
