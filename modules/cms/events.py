"""What the CMS tells others."""

from pydantic import ConfigDict

from wizamart.module_system.events import DomainEvent
from wizamart.schema import Schema


class PageChanged(Schema):
    """A page became public or ceased to be, at the moment when it did."""

    model_config = ConfigDict(frozen=True)

    platform_id: int
    page_id: int
    vendor_id: int | None
    slug: str


page_published = DomainEvent("cms.page_published", PageChanged)
page_unpublished = DomainEvent("cms.page_unpublished", PageChanged)
