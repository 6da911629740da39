"""Nothing on these pages shuts anybody out, runs over the edge, or complains in the console."""

import pytest

from tests.e2e.audit import audit, pages_to_see

pytestmark = pytest.mark.browser


def test_every_page_is_fit_for_everybody(browser, server, site):
    visits = pages_to_see(site, "super")[1::2]

    faults = audit(browser, server, site, "super", visits)

    assert visits
    assert not faults, "\n".join(faults)
