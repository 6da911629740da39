"""The blueprints of payments; both portals have the same pages."""

from wizamart.module_system.definition import FrontendType
from wizamart.module_system.mounting import module_blueprint

admin = module_blueprint("payments", FrontendType.ADMIN)
vendor = module_blueprint("payments", FrontendType.VENDOR)
