"""The admins' pages: the views stand in files of their own, one for each kind of thing."""

from modules.tenancy.routes import admin_vendors, companies, hosts, people, platforms, roles, vendors
from modules.tenancy.routes.blueprints import admin as bp

__all__ = ["admin_vendors", "bp", "companies", "hosts", "people", "platforms", "roles", "vendors"]
