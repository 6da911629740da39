"""The blueprints of analytics; the report is the same in both portals."""

from wizamart.module_system.definition import FrontendType
from wizamart.module_system.mounting import module_blueprint

admin = module_blueprint("analytics", FrontendType.ADMIN)
vendor = module_blueprint("analytics", FrontendType.VENDOR, feature="sales-reports")
