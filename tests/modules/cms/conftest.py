"""Makers of pages and pictures."""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from modules.cms.schemas.page import PageForm
from modules.cms.services import page_service, publication_service
from modules.cms.services.revision_service import Author
from wizamart.database import unit_of_work
from wizamart.platforms import scoped

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ANN = Author(None, "Ann")


def nobody(_path: str) -> str:
    """Say that the shop itself answers nowhere."""
    return "page"


def seen_in(html: str, *, whole: bool = False) -> str:
    """Return what the editor says that it shows: of the text, or with `whole` of all that is published at once."""
    text, *others = re.findall(r'name="version" value="(\w+)"', html)
    return others[0] if whole else text


def write_live(
    session: Session, page: Any, form: PageForm, *, locale: str = "en", at: datetime = NOON
) -> None:
    """Change a page and publish the change at once."""
    page_service.update_page(session, page, form, locale=locale, author=ANN, at=at)
    publication_service.publish(session, page, at=at, now=at)


@pytest.fixture
def within(app) -> Callable[..., AbstractContextManager[Session]]:
    """Return `within(platform, vendor=None)`: a session in this scope, committed at the end."""

    @contextmanager
    def work(platform: Any, vendor: Any = None) -> Iterator[Session]:
        with (
            app.app_context(),
            unit_of_work() as session,
            scoped(session, platform.id, vendor.id if vendor else None),
        ):
            yield session

    return work


@pytest.fixture
def make_page(within) -> Callable[..., int]:
    """Return `make_page(platform, slug, *, vendor=None, published_at=NOON, locale="en", **fields)`; returns the id."""

    def make(
        platform: Any,
        slug: str = "about",
        *,
        vendor: Any = None,
        published_at: datetime | None = NOON,
        locale: str = "en",
        **fields: Any,
    ) -> int:
        form = PageForm(**{"title": slug.title(), "body": f"Text of {slug}.", "slug": slug, **fields})
        with within(platform) as session:
            page = page_service.create_page(
                session,
                form,
                platform_id=platform.id,
                vendor_id=vendor.id if vendor else None,
                locale=locale,
                author=ANN,
                at=NOON,
            )
            if published_at:
                publication_service.publish(session, page, at=published_at, now=NOON)
            return page.id

    return make


@pytest.fixture
def admin(client, make_platform, make_user, sign_in):
    """An admin of the only platform, signed in."""
    client.platform = make_platform()
    sign_in(client, make_user(admin_of=client.platform))
    return client


@pytest.fixture
def picture() -> Callable[..., bytes]:
    """Return `picture(kind="PNG", size=(40, 30))`: the content of a picture."""

    def make(kind: str = "PNG", size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
        out = io.BytesIO()
        Image.new("RGB", size, "#aa3311").save(out, kind, **options)
        return out.getvalue()

    return make
