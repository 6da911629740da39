"""The blueprints of billing; its pages lie in several files."""

from wizamart.module_system.definition import FrontendType
from wizamart.module_system.mounting import module_blueprint

admin = module_blueprint("billing", FrontendType.ADMIN)
vendor = module_blueprint("billing", FrontendType.VENDOR)
