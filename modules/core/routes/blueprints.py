"""The blueprints of core; pages that several frontends share are registered on each of them."""

from wizamart.module_system.definition import FrontendType
from wizamart.module_system.mounting import module_blueprint

admin = module_blueprint("core", FrontendType.ADMIN)
vendor = module_blueprint("core", FrontendType.VENDOR)
storefront = module_blueprint("core", FrontendType.STOREFRONT)
api = module_blueprint("core", FrontendType.API)
