"""The blueprints of messaging; pages that both portals share are registered on each."""

from wizamart.module_system.definition import FrontendType
from wizamart.module_system.mounting import module_blueprint

admin = module_blueprint("messaging", FrontendType.ADMIN)
vendor = module_blueprint("messaging", FrontendType.VENDOR)
