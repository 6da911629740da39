"""The blueprints of tenancy; the pages of people and roles are registered on both portals."""

from wizamart.module_system.definition import FrontendType
from wizamart.module_system.mounting import module_blueprint

admin = module_blueprint("tenancy", FrontendType.ADMIN)
vendor = module_blueprint("tenancy", FrontendType.VENDOR)
storefront = module_blueprint("tenancy", FrontendType.STOREFRONT)
