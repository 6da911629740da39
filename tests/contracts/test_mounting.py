"""Off means gone: for every module, each of its addresses answers like one that never existed."""

import re

import pytest

from tests.contracts.test_access import address_of
from wizamart.database import unit_of_work
from wizamart.module_system import module_service

# Every platform has its portals, whatever is on: an address says itself which of them it lies in.
KEPT_OF_PORTALS = {"admin": 1, "vendor": 2}
# As browsers ask, and as programs do: these get the same answer without a page around it, in a quarter of the time.
BROWSERS = ("GET", "POST")
PROGRAMS = ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")


def normalised(response, address):
    """Return what a stranger can tell of an answer: everything but the address itself and random tokens."""
    text = (
        response.get_data(as_text=True)
        .replace(address, "ADDRESS")
        .replace(address.replace("/", "%2F"), "ADDRESS")
    )
    text = re.sub(r'(csrf[-_]token"? (value|content)=")[^"]*', r"\1", text)
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}", "ID", text)
    text = re.sub(r"next=[^\"&]*", "next=", text)
    headers = {
        name: value
        for name, value in response.headers
        if name not in {"Content-Length", "X-Request-ID", "Set-Cookie", "ETag", "Date"}
    }
    return response.status_code, text, headers


def stranger_of(address):
    """Return an address of the same portal and depth that no module ever had."""
    parts = address.split("/")
    kept = 3 + KEPT_OF_PORTALS.get(parts[3], 0)
    return "/".join([*parts[:kept], *("zz" if part else "" for part in parts[kept:])])


class Asker:
    """Asks each address as browsers and as programs do, and each stranger only once."""

    def __init__(self, client):
        self.client = client
        self.strangers = {}

    def answers(self, address):
        """Return what each kind of question gets."""
        kinds = [(method, "text/html") for method in BROWSERS]
        kinds += [(method, "application/problem+json") for method in PROGRAMS]
        return {
            method: normalised(self.client.open(address, method=method, headers={"Accept": accept}), address)
            for method, accept in kinds
        }

    def surprises(self, address):
        """Yield the methods by which an address differs from one that never existed."""
        stranger = stranger_of(address)
        if stranger not in self.strangers:
            self.strangers[stranger] = self.answers(stranger)
        for method, answer in self.answers(address).items():
            if answer != self.strangers[stranger][method]:
                yield f"{method} {address}: {answer[0]}, a stranger gets {self.strangers[stranger][method][0]}"


@pytest.mark.backends("sqlite")
@pytest.mark.slow
def test_every_address_of_a_module_that_is_off_answers_like_one_that_never_existed(app, factory, make_client):
    registry = app.modules.registry
    switchable = [code for code, module in registry.items() if not module.is_core]
    platform = factory.platform("here", modules=switchable)
    factory.vendor(platform, code="shop")
    client = make_client()
    client.get("/platforms/here/no-such-thing")  # from the second request on there is a cookie
    asker, surprises = Asker(client), []
    for code in switchable:
        asker.strangers.clear()  # what else is on may show in the frame of a page
        with app.app_context(), unit_of_work() as session:
            plan = module_service.disable_module(session, platform.id, code)
        for rule in app.url_map.iter_rules():
            if app.modules.owner_of_endpoint(rule.endpoint) != code:
                continue
            for address in {address_of(rule), address_of(rule).rstrip("/"), address_of(rule) + "/"}:
                surprises += asker.surprises(address)
        with app.app_context(), unit_of_work() as session:
            for step in reversed(plan.steps):
                module_service.enable_module(session, platform.id, step.code)

    assert not surprises, "\n".join(surprises)


def test_a_form_posted_to_a_module_page_without_a_token_is_refused(app, factory, make_client, sign_in):
    """CSRF protection acts on the routed endpoint: mounting must go through routing to be protected."""
    platform = factory.platform("here")
    client = make_client()
    sign_in(client, factory.user(admin_of=platform))
    client.environ_base.pop("HTTP_X_CSRFTOKEN")

    response = client.post("/platforms/here/admin/modules/payments/activation")

    assert response.status_code == 400


def test_a_change_shows_at_the_next_request_and_only_on_its_platform(app, factory, make_client, sign_in):
    here, there = factory.platform("here"), factory.platform("there", modules=["payments"])
    client = make_client()
    sign_in(client, factory.user(is_super_admin=True))
    rule = next(
        rule
        for rule in app.url_map.iter_rules()
        if app.modules.owner_of_endpoint(rule.endpoint) == "payments"
        and not rule.arguments
        and "GET" in rule.methods
        and rule.rule.startswith("/admin")
    )

    assert client.get(f"/platforms/here{rule.rule}").status_code == 404
    with app.app_context(), unit_of_work() as session:
        module_service.enable_module(session, here.id, "payments")
    assert client.get(f"/platforms/here{rule.rule}").status_code == 200
    with app.app_context(), unit_of_work() as session:
        module_service.disable_module(session, there.id, "payments")
    assert client.get(f"/platforms/here{rule.rule}").status_code == 200
    assert client.get(f"/platforms/there{rule.rule}").status_code == 404
