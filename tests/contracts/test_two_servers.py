"""Two server processes on one database: what is switched at one holds at the other with its very next request."""

import http.client
from urllib.parse import urlencode, urlsplit

import pytest

TOGGLES = 20
HOME = "/platforms/here"


class Visitor:
    """A browser without a cache: one connection to one server, with the cookie of a session."""

    def __init__(self, server, cookie, token):
        parts = urlsplit(server.url)
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
        self.headers = {"Cookie": f"wizamart={cookie}", "X-CSRFToken": token, "HX-Request": "true"}

    def send(self, method, path, **form):
        headers = {**self.headers, "Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request(method, HOME + path, urlencode(form), headers)
        response = self.connection.getresponse()
        return response.status, response.read().decode()


@pytest.fixture
def visitors(two_servers, make_client, factory, sign_in):
    """Return a super admin's visitors, one for each server; the first module of the platform is off."""
    factory.platform("here")
    client = make_client()
    sign_in(client, factory.user(is_super_admin=True))
    cookie, token = client.get_cookie("wizamart").value, client.environ_base["HTTP_X_CSRFTOKEN"]
    visitors = [Visitor(server, cookie, token) for server in two_servers]
    yield visitors
    for visitor in visitors:
        visitor.connection.close()


@pytest.mark.processes
def test_what_one_server_switches_the_other_knows_with_its_next_request(visitors):
    here, there = visitors
    assert there.send("GET", "/admin/analytics/sales")[0] == 404
    stale = []
    for number in range(TOGGLES):
        is_on = number % 2 == 0
        status, answer = here.send("POST" if is_on else "DELETE", "/admin/modules/analytics/activation")
        assert status == 200, answer
        seen = there.send("GET", "/admin/analytics/sales")[0]
        menu = there.send("GET", "/admin/")[1]
        if (seen, "/admin/analytics/sales" in menu) != ((200, True) if is_on else (404, False)):
            stale.append((number, seen))
        here, there = there, here

    assert stale == []
