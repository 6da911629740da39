"""What the CMS tells others."""

from pydantic import BaseModel, ConfigDict

from wizamart.module_system.events import DomainEvent


class PageChanged(BaseModel):
    """A page became public, now or at a time that is set."""

    model_config = ConfigDict(frozen=True)

    platform_id: int
    page_id: int
    vendor_id: int | None
    slug: str


page_published = DomainEvent("cms.page_published", PageChanged)
