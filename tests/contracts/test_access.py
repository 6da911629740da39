"""Every route answers every role as its declared permission says; made from the URL map, so a new route is covered."""

from uuid import UUID

import pytest
from flask import session as cookie
from flask_wtf.csrf import generate_csrf
from werkzeug.routing import AnyConverter, Rule, UUIDConverter
from werkzeug.routing.converters import NumberConverter

from wizamart.database import unit_of_work
from wizamart.module_system.definition import FrontendType
from wizamart.permissions import Role, RoleAssignment, access_of

ROLES = (
    "anonymous",
    "customer",
    "other_staff",
    "bare_staff",
    "owner",
    "other_admin",
    "admin",
    "super_admin",
)
# Signing out ends what the next route is asked with.
LEFT_OUT = {"auth.sign_out", "auth_api.token_delete"}
# Style sheets of a look that nobody has chosen: there is none, whoever asks.
MAY_BE_MISSING = {"cms_storefront.theme_css", "cms_admin.theme_preview_css"}


@pytest.fixture
def world(app, factory, make_client, sign_in):
    """A platform with every module on, another one, two vendors, and a client for each role."""
    codes = [code for code, module in app.modules.registry.items() if not module.is_core]
    here, elsewhere = factory.platform("here", modules=codes), factory.platform("elsewhere", modules=codes)
    vendor, other_vendor = (
        factory.vendor(here, code="shop"),
        factory.vendor(here, elsewhere, code="other-shop"),
    )
    people = {
        "customer": factory.user(),
        "other_staff": factory.user(owner_of=other_vendor),
        "bare_staff": factory.user(),
        "owner": factory.user(owner_of=vendor),
        "other_admin": factory.user(admin_of=elsewhere),
        "admin": factory.user(admin_of=here),
        "super_admin": factory.user(is_super_admin=True),
    }
    with app.app_context(), unit_of_work() as session:
        role = Role(kind="vendor", code="nothing", name="Nothing", permissions=[], vendor_id=vendor.id)
        session.add(role)
        session.flush()
        session.add(RoleAssignment(user_id=people["bare_staff"].id, role_id=role.id, vendor_id=vendor.id))
    clients = {role: make_client() for role in ROLES}
    for role, person in people.items():
        sign_in(clients[role], person)
    give_token(app, clients["anonymous"])
    return clients


def give_token(app, client):
    """Let a client that is not signed in send forms, so that it is refused for who it is and not for its form."""
    with app.test_request_context():
        token, raw = generate_csrf(), cookie["csrf_token"]
    with client.session_transaction() as stored:
        stored["csrf_token"] = raw
    client.environ_base["HTTP_X_CSRFTOKEN"] = token


def address_of(rule: Rule) -> str:
    """Return an address of the rule in which every id is one that nobody has."""
    values = {name: sample_of(name, converter) for name, converter in rule._converters.items()}
    return "/platforms/here" + rule.build(values)[1]


def sample_of(name, converter):
    if name == "vendor_code":
        return "shop"
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    if isinstance(converter, NumberConverter):
        return 999_999_999
    return UUID(int=7) if isinstance(converter, UUIDConverter) else "no-such-thing"


def expected_of(app, rule: Rule, role: str) -> str:
    """Return `refused` (nobody signed in), `hidden` (no role here), `forbidden` (not the permission) or `let in`."""
    access = access_of(app.view_functions[rule.endpoint])
    frontend = app.modules.blueprints.get(rule.endpoint.rpartition(".")[0], (None, None))[1]
    is_own_page = access.needs_sign_in and frontend in {None, FrontendType.STOREFRONT, FrontendType.API}
    if access.is_public:
        return "let in"
    if role == "anonymous":
        return "refused"
    if is_own_page or role == "super_admin":
        return "let in"
    insiders = {"owner", "bare_staff"} if frontend is FrontendType.VENDOR else {"admin"}
    if role not in insiders:
        return "hidden"
    is_granted = access.permission is None or (
        role != "bare_staff" and access.permission not in app.modules.reserved_permissions
    )
    return "let in" if is_granted else "forbidden"


def verdict(response) -> str:
    if response.status_code == 401 or (response.status_code == 302 and "/login" in response.location):
        return "refused"
    return {404: "hidden", 403: "forbidden"}.get(response.status_code, "let in")


def test_every_view_declares_exactly_one_access(app):
    undeclared = [name for name, view in app.view_functions.items() if access_of(view) is None]

    assert undeclared == []


def test_every_permission_a_view_names_is_declared_by_its_module_or_what_it_requires(app):
    registry = app.modules.registry
    strays = []
    for name, view in app.view_functions.items():
        owner = app.modules.owner_of_endpoint(name)
        permission = access_of(view).permission
        if permission is None or owner is None:
            continue
        allowed = {owner, *registry.requirements_of(owner), *registry.core_codes}
        if permission not in {code for module in allowed for code in registry[module].permissions}:
            strays.append((name, permission))

    assert strays == []


@pytest.mark.backends("sqlite")
@pytest.mark.slow
def test_every_route_answers_every_role_as_declared(app, world):
    surprises = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint in LEFT_OUT or rule.rule.startswith(("/health", "/metrics", "/assets")):
            continue
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            for role, client in world.items():
                # On the API a request answers for itself; a cookie serves there too.
                expected = expected_of(app, rule, role)
                # A refusal needs no page around it: as a document it is the same refusal in half the time.
                headers = {} if expected == "let in" else {"Accept": "application/problem+json"}
                response = client.open(address_of(rule), method=method, headers=headers, buffered=True)
                seen = verdict(response)
                # Nothing with such an id, or nothing of their own: that is an answer to somebody let in, too.
                is_own = access_of(app.view_functions[rule.endpoint]).needs_sign_in
                may_miss = bool(rule.arguments) or is_own or rule.endpoint in MAY_BE_MISSING
                is_fine = seen == expected or (expected == "let in" and seen == "hidden" and may_miss)
                if not is_fine or response.status_code >= 500:
                    surprises.append(
                        f"{method} {rule.rule} as {role}: {response.status_code}, expected {expected}"
                    )

    assert not surprises, "\n".join(surprises)
