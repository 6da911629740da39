"""Nothing on any page shuts anybody out, runs over the edge, or complains in the console."""

from collections.abc import Iterator

import pytest

from tests.demo_site import ROLES, DemoSite, serve
from tests.e2e.audit import audit, pages_to_see
from wizamart.testing.servers import Server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(demo_site: DemoSite) -> Iterator[Server]:
    """Yield a server on the demonstration that nobody changes."""
    with serve(demo_site) as server:
        yield server


@pytest.mark.parametrize("role", ROLES)
def test_every_page_is_fit_for_everybody(browser, server, demo_site, role):
    visits = pages_to_see(demo_site, role)

    faults = audit(browser, server, demo_site, role, visits)

    assert visits
    assert not faults, "\n".join(faults)
