"""What the browser's tests share: a server on the demonstration, and pages that somebody is signed in on."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.demo_site import DemoSite, DemoTemplate, serve
from wizamart.testing.servers import Server

SECONDS = 30
Opener = Callable[..., Any]


@pytest.fixture(scope="module")
def site(demo_template: DemoTemplate) -> Iterator[DemoSite]:
    """Yield a demonstration that this file may change."""
    with demo_template.copy() as site:
        yield site


@pytest.fixture(scope="module")
def server(site: DemoSite) -> Iterator[Server]:
    """Yield a server on this file's demonstration."""
    with serve(site) as server:
        yield server


@pytest.fixture
def open_as(browser: Any, server: Server, site: DemoSite) -> Iterator[Opener]:
    """Yield `open_as(role, path, **context)`: a new page, signed in, that fails the test for what its console says."""
    contexts, complaints = [], []

    def open_page(role: str = "super", path: str = "/admin/", **options: Any) -> Any:
        context = browser.new_context(base_url=server.url, **options)
        contexts.append(context)
        context.set_default_timeout(SECONDS * 1000)
        if role != "anonymous":
            context.add_cookies([{"name": "wizamart", "value": site.token(role), "url": server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
