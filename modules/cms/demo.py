"""Pages of a shop in Luxembourg, for the demonstration: written in four languages, one Markdown file each."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from modules.cms.schemas.page import PageForm
from modules.cms.services import page_service
from modules.cms.services.page_service import Author

FOLDER: Final = Path(__file__).parent / "demo_pages"
LOCALES: Final = ("en", "fr", "de", "lb")
# slug, placement, position
PAGES: Final = (
    ("about", "header", 10),
    ("delivery", "header", 20),
    ("contact", "footer", 30),
    ("legal-notice", "footer", 40),
)


def create_demo(session: Session, *, platform_id: int, at: datetime) -> None:
    """Write and publish the pages that are not there yet."""
    known = {page.slug for page in page_service.list_pages(session)}
    author = Author(None, "Claire Demuth")
    for slug, placement, position in PAGES:
        if slug in known:
            continue
        came = at - timedelta(days=40 - position // 10)
        forms = {locale: _read(slug, locale, placement=placement, position=position) for locale in LOCALES}
        page = page_service.create_page(
            session, forms["en"], platform_id=platform_id, locale="en", author=author, at=came
        )
        for locale in LOCALES[1:]:
            page_service.update_page(session, page, forms[locale], locale=locale, author=author, at=came)
        page_service.publish(session, page, at=came, now=came)


def _read(slug: str, locale: str, *, placement: str, position: int) -> PageForm:
    """Read a file: the first line is the title, the second the description, the rest the text."""
    title, description, body = (FOLDER / f"{slug}.{locale}.md").read_text("utf-8").split("\n", 2)
    return PageForm.model_validate(
        {
            "title": title.removeprefix("# "),
            "seo_description": description,
            "body": body.strip() + "\n",
            "slug": slug,
            "placement": placement,
            "position": position,
        }
    )
