"""Pages where more can be done with a module's settings: providers of `core.module_link` return these.

A provider is called with `(session, *, platform_id)` and returns a list of them, which its module's page shows.
"""

from dataclasses import dataclass

from wizamart.i18n import LazyText


@dataclass(frozen=True, slots=True)
class ModuleLink:
    """A page of the module in the admins' portal; `permission` is what a person needs to see it."""

    label: str | LazyText
    url: str
    permission: str
    icon: str = ""
