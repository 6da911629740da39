"""The blueprints of the CMS; pages that admins and vendors share are one view on both."""

from collections.abc import Callable
from typing import Any

from wizamart.module_system.definition import FrontendType
from wizamart.module_system.mounting import module_blueprint

admin = module_blueprint("cms", FrontendType.ADMIN)
vendor = module_blueprint("cms", FrontendType.VENDOR)
storefront = module_blueprint("cms", FrontendType.STOREFRONT)


def in_portals(path: str, method: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a view in the admins' and in the vendors' portal."""

    def register(view: Callable[..., Any]) -> Callable[..., Any]:
        for blueprint in (admin, vendor):
            blueprint.add_url_rule(path, view_func=view, methods=[method])
        return view

    return register
