"""Where the storefront's views of orders are registered; their files are named in `storefront.py`."""

from wizamart.module_system.definition import FrontendType
from wizamart.module_system.mounting import module_blueprint

storefront = module_blueprint("orders", FrontendType.STOREFRONT)
