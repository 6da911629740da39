import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from modules.tenancy.models.company import VendorProfile
from wizamart import queue
from wizamart.auth.models import User, UserSession
from wizamart.database import unit_of_work
from wizamart.mail import Mail
from wizamart.permissions import Role, RoleAssignment, ensure_builtin_roles
from wizamart.platforms import PlatformHost, Vendor
from wizamart.queue.execution import run_task
from wizamart.queue.schedules import Scheduler

COMPANY = {
    "legal_name": "Brasserie Sud S.A.",
    "street": "1, rue du Moulin",
    "postal_code": "L-4000",
    "city": "Esch",
    "country": "LU",
}


@pytest.fixture
def market(make_platform):
    return make_platform("market")


@pytest.fixture
def other(make_platform):
    return make_platform("other")


@pytest.fixture
def vendor(make_vendor, market):
    return make_vendor(market, code="maison")


@pytest.fixture
def visit(make_client, sign_in):
    def enter(user):
        client = make_client()
        sign_in(client, user)
        return client

    return enter


@pytest.fixture
def admin(visit, make_user, market):
    return visit(make_user(admin_of=market))


@pytest.fixture
def super_admin(visit, make_user):
    return visit(make_user(is_super_admin=True))


@pytest.fixture
def owner(visit, make_user, vendor):
    return visit(make_user("owner@wizamart.test", owner_of=vendor))


@pytest.fixture
def read(app):
    """Run a query in a transaction of its own."""

    def run(statement):
        with app.app_context(), unit_of_work(read_only=True) as session:
            rows = list(session.scalars(statement))
            session.expunge_all()
            return rows

    return run


def role_id(app, code):
    with app.app_context(), unit_of_work() as session:
        return ensure_builtin_roles(session)[code].id


def test_platforms_are_for_super_admins_only(admin, super_admin):
    assert super_admin.get("/platforms/market/admin/platforms").status_code == 200
    assert admin.get("/platforms/market/admin/platforms").status_code == 403
    assert 'href="/platforms/market/admin/platforms"' not in admin.get("/platforms/market/admin/vendors").text


def test_a_super_admin_creates_a_platform_that_answers_at_once(market, super_admin):
    answer = super_admin.post(
        "/platforms/market/admin/platforms",
        data={
            "code": "fresh",
            "name": "Fresh",
            "locales": ["en", "fr"],
            "default_locale": "fr",
            "currency": "EUR",
            "time_zone": "Europe/Luxembourg",
            "preset": "essentials",
        },
    )

    assert answer.status_code == 303
    assert super_admin.get("/platforms/fresh/admin/vendors").status_code == 200


def test_a_wrong_platform_is_shown_again_with_errors_at_the_fields(market, super_admin):
    answer = super_admin.post(
        "/platforms/market/admin/platforms",
        data={"code": "market", "name": "Twice", "locales": ["en"], "default_locale": "en", "currency": "EUR"}
        | {"time_zone": "UTC", "preset": "essentials"},
    )

    assert answer.status_code == 422
    assert "This code is taken" in answer.text
    assert 'value="Twice"' in answer.text


def test_an_archived_platform_answers_super_admins_alone_until_it_is_restored(
    app, market, other, super_admin, client, visit, make_user, make_vendor
):
    admin_there = visit(make_user("there@wizamart.test", admin_of=other))
    assert admin_there.get("/platforms/other/admin/vendors").status_code == 200
    make_vendor(other, code="nord")
    super_admin.post(f"/platforms/market/admin/platforms/{other.id}/hosts", data={"host": "other.test"})
    hosts = ("http://other.test/", "http://nord.other.test/")
    assert [client.get("/", base_url=host).status_code for host in hosts] == [200, 200]
    assert super_admin.post(f"/platforms/market/admin/platforms/{market.id}/archiving").status_code == 409
    super_admin.post(f"/platforms/market/admin/platforms/{other.id}/archiving")

    page = super_admin.get("/platforms/other/admin/vendors")
    assert page.status_code == 200
    assert "This platform is archived" in page.text
    assert super_admin.put("/platforms/other/admin/modules/payments/activation").status_code in {200, 303}
    for stranger in (client, admin_there):
        for path in ("/", "/login", "/admin", "/admin/", "/admin/vendors", "/health/x"):
            for method in ("GET", "POST", "OPTIONS"):
                here = stranger.open(f"/platforms/other{path}", method=method)
                nowhere = stranger.open(f"/platforms/never-was{path}", method=method)
                assert here.status_code == nowhere.status_code == 404, (path, method)
                assert here.headers.get("Allow") == nowhere.headers.get("Allow")
    assert [client.get("/", base_url=host).status_code for host in hosts] == [404, 404]
    with app.app_context(), unit_of_work() as session:
        task_id = queue.enqueue(session, "cms.sweep_files", platform_id=other.id).id
    assert run_task(app, task_id) == "parked"

    super_admin.post(f"/platforms/market/admin/platforms/{other.id}/restoring")

    assert admin_there.get("/platforms/other/admin/vendors").status_code == 200
    assert "This platform is archived" not in super_admin.get("/platforms/other/admin/vendors").text
    assert [client.get("/", base_url=host).status_code for host in hosts] == [200, 200]
    Scheduler(app).tick()
    assert run_task(app, task_id) == "succeeded"


def test_a_host_is_checked_by_a_request_that_came_through_it(market, super_admin, client, read):
    super_admin.post(f"/platforms/market/admin/platforms/{market.id}/hosts", data={"host": "shop.test"})
    host = read(sa.select(PlatformHost))[0]
    page = super_admin.get(f"/platforms/market/admin/platforms/{market.id}/hosts/{host.id}")
    path = re.search(r"http://shop\.test(/host-verification/[\w-]+)", page.text)[1]

    assert client.get(path).status_code == 404
    shown = client.get(path, base_url="http://shop.test")
    assert shown.status_code == 200
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown.text)[1]
    client.post(path, base_url="http://shop.test", data={"csrf_token": token})

    assert read(sa.select(PlatformHost))[0].verified_at is not None


def test_a_bad_host_name_is_refused_at_its_field(market, super_admin):
    answer = super_admin.post(
        f"/platforms/market/admin/platforms/{market.id}/hosts", data={"host": "https://shop.test/"}
    )

    assert answer.status_code == 422
    assert "This is not a host name" in answer.text


def test_lists_say_what_to_do_while_they_are_empty_and_when_nothing_matches(admin):
    assert "Add the first vendor" in admin.get("/platforms/market/admin/").text
    assert "No vendors yet" in admin.get("/platforms/market/admin/vendors").text
    assert "No companies yet" in admin.get("/platforms/market/admin/companies").text
    assert "Nothing matches" in admin.get("/platforms/market/admin/vendors?search=zzz").text


def test_an_admin_sees_vendors_of_the_platform_only(admin, super_admin, vendor, other, make_vendor):
    stranger = make_vendor(other, name="Stranger")

    page = admin.get("/platforms/market/admin/vendors?scope=all").text
    assert vendor.name in page
    assert "Stranger" not in page
    assert "Stranger" in super_admin.get("/platforms/market/admin/vendors?scope=all").text
    assert admin.get(f"/platforms/market/admin/vendors/{stranger.id}").status_code == 404


@pytest.mark.parametrize("listed", ["vendors", "companies", "people"])
def test_searching_in_all_platforms_stays_there(super_admin, vendor, listed):
    companies = "/platforms/market/admin/companies"
    super_admin.post(companies, data=COMPANY)

    page = super_admin.get(f"/platforms/market/admin/{listed}?scope=all").text

    assert '<input type="hidden" name="scope" value="all">' in page
    assert re.search(rf'href="/platforms/market/admin/{listed}\?scope=all&amp;[^"]*format=csv"', page)


def test_the_vendor_list_asks_no_query_per_row(admin, market, make_vendor, count_queries):
    make_vendor(market)
    admin.get("/platforms/market/admin/vendors")
    with count_queries() as few:
        admin.get("/platforms/market/admin/vendors")
    for _number in range(12):
        make_vendor(market)
    with count_queries() as many:
        admin.get("/platforms/market/admin/vendors")

    assert len(many) == len(few)


def test_the_people_list_asks_no_query_per_row(owner, vendor, make_user, count_queries):
    owner.get("/platforms/market/vendor/maison/people")
    with count_queries() as few:
        owner.get("/platforms/market/vendor/maison/people")
    for _number in range(12):
        make_user(staff_of=vendor)
    with count_queries() as many:
        owner.get("/platforms/market/vendor/maison/people")

    assert len(many) == len(few)


def test_dashboard_and_search_know_the_vendors_of_the_platform(admin, market, vendor, make_vendor):
    make_vendor(market, status="pending")

    assert "1 vendor waits for approval" in admin.get("/platforms/market/admin/").text
    found = admin.get("/platforms/market/admin/search", query_string={"q": vendor.name}).text
    assert f"/admin/vendors/{vendor.id}" in found


def test_vendors_leave_as_csv(admin, vendor):
    with admin.get("/platforms/market/admin/vendors?format=csv") as answer:
        assert answer.mimetype == "text/csv"
        assert vendor.name in answer.text


def test_an_admin_adds_a_company_and_a_vendor_and_approves_it(admin, market, read, client):
    admin.post("/platforms/market/admin/companies", data=COMPANY | {"vat_number": "LU 204 715 15"})
    created = admin.post(
        "/platforms/market/admin/vendors",
        data={"code": "sud", "name": "Sud", "platforms": [market.id], "company_id": "1"},
    )
    vendor = read(sa.select(Vendor))[0]
    assert created.headers["Location"].endswith(f"/admin/vendors/{vendor.id}")
    assert vendor.status == "pending"
    assert client.get("/platforms/market/vendors/sud/").status_code == 404

    admin.post(f"/platforms/market/admin/vendors/{vendor.id}/approval")

    assert read(sa.select(Vendor))[0].status == "active"
    assert read(sa.select(VendorProfile))[0].company_id == 1
    assert "LU20471515" in admin.get(f"/platforms/market/admin/vendors/{vendor.id}").text


def test_a_wrong_vat_number_is_shown_at_its_field_and_nothing_is_lost(admin):
    answer = admin.post("/platforms/market/admin/companies", data=COMPANY | {"vat_number": "LU12345678"})

    assert answer.status_code == 422
    assert "check digits are wrong" in answer.text
    assert 'href="#field-vat_number"' in answer.text
    assert "Brasserie Sud S.A." in answer.text


def test_an_admin_cannot_place_a_vendor_on_another_platform(admin, market, other, read):
    answer = admin.post(
        "/platforms/market/admin/vendors", data={"code": "sud", "name": "Sud", "platforms": [other.id]}
    )

    assert answer.status_code == 422
    assert read(sa.select(Vendor)) == []


def test_a_suspended_vendor_closes_its_portal_and_storefront_and_comes_back(admin, owner, vendor, client):
    portal, shop = "/platforms/market/vendor/maison/business", "/platforms/market/vendors/maison/login"
    assert owner.get(portal).status_code == 200
    assert client.get(shop).status_code == 200
    url = f"/platforms/market/admin/vendors/{vendor.id}"

    refused = admin.post(f"{url}/suspension", data={"reason": ""})
    assert refused.status_code == 422
    admin.post(f"{url}/suspension", data={"reason": "Unpaid invoices"})

    assert owner.get(portal).status_code == 404
    assert client.get(shop).status_code == 404
    assert "Unpaid invoices" in admin.get(url).text
    admin.post(f"{url}/reactivation")
    assert owner.get(portal).status_code == 200


def test_an_admin_is_invited_and_chooses_a_password(app, admin, market, client, read):
    answer = admin.post(
        "/platforms/market/admin/people",
        data={
            "email": "new@wizamart.test",
            "display_name": "New",
            "locale": "en",
            "roles": [role_id(app, "platform-viewer")],
        },
    )
    assert answer.status_code == 303
    assert "Invited" in admin.get("/platforms/market/admin/people").text
    text = read(sa.select(Mail.text))[0]
    path = re.search(r"(/platforms/market/invitation/\S+)", text)[1]
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(path).text)[1]

    client.post(
        path, data={"csrf_token": token, "display_name": "Nora", "password": "seven little ducklings"}
    )

    assert read(sa.select(User).where(User.email == "new@wizamart.test"))[0].password_hash


def test_whom_several_vendors_invite_at_once_gets_one_account_with_all_roles(
    app, market, visit, make_user, make_vendor, read
):
    vendors = [make_vendor(market, code=f"shop-{number}") for number in range(5)]
    owners = [visit(make_user(owner_of=vendor)) for vendor in vendors]
    data = {"email": "new@wizamart.test", "locale": "en", "roles": [role_id(app, "vendor-staff")]}
    start = threading.Barrier(len(owners))

    def send(owner, vendor):
        start.wait(10)
        return owner.post(f"/platforms/market/vendor/{vendor.code}/people", data=data).status_code

    with ThreadPoolExecutor(len(owners)) as pool:
        assert list(pool.map(send, owners, vendors)) == [303] * len(owners)

    (user,) = read(sa.select(User).where(User.email == "new@wizamart.test"))
    roles = sa.select(RoleAssignment.vendor_id).where(RoleAssignment.user_id == user.id)
    assert set(read(roles)) == {vendor.id for vendor in vendors}


def test_a_wrong_invitation_keeps_what_was_typed(admin):
    answer = admin.post(
        "/platforms/market/admin/people",
        data={"email": "nonsense", "display_name": "Somebody", "locale": "en"},
    )

    assert answer.status_code == 422
    assert "Enter a valid e-mail address." in answer.text
    assert 'value="Somebody"' in answer.text


def test_an_admin_reaches_neither_people_nor_roles_nor_companies_of_other_platforms(
    admin, super_admin, other, make_user, read
):
    stranger = make_user(admin_of=other)
    super_admin.post("/platforms/other/admin/companies", data=COMPANY)
    super_admin.post("/platforms/other/admin/roles", data={"name": "Theirs", "kind": "platform"})
    role = read(sa.select(Role).where(Role.name == "Theirs"))[0]

    for path in (f"people/{stranger.id}", f"people/{stranger.id}/edit", f"roles/{role.id}", "companies/1"):
        assert admin.get(f"/platforms/market/admin/{path}").status_code == 404
    for path in (f"people/{stranger.id}/removal", f"roles/{role.id}/removal", "companies/1/removal"):
        assert admin.post(f"/platforms/market/admin/{path}").status_code == 404


def test_only_super_admins_deactivate_and_promote(admin, super_admin, market, make_user, read):
    colleague = make_user(admin_of=market)
    url = f"/platforms/market/admin/people/{colleague.id}"

    assert admin.post(f"{url}/deactivation").status_code == 403
    assert admin.post(f"{url}/super-admin", data={"value": "yes"}).status_code == 403
    super_admin.post(f"{url}/super-admin", data={"value": "yes"})
    super_admin.post(f"{url}/deactivation")

    person = read(sa.select(User).where(User.id == colleague.id))[0]
    assert (person.is_super_admin, person.is_active) == (True, False)


def test_a_super_admin_who_is_one_no_longer_is_given_a_role_without_being_invited(
    app, super_admin, market, make_user, visit
):
    other = make_user(is_super_admin=True, display_name="Olga")
    url, theirs = f"/platforms/market/admin/people/{other.id}", visit(other)

    answer = super_admin.post(f"{url}/super-admin", data={"value": "no"})

    page = super_admin.get(answer.headers["Location"])
    assert (page.status_code, answer.headers["Location"].endswith(url)) == (200, True)
    listed = super_admin.get("/platforms/market/admin/people?scope=all").text
    assert ("Olga" in listed, "No role" in listed) == (True, True)
    refused = theirs.get("/platforms/market/admin/vendors")
    assert refused.status_code == 404
    assert f"You are signed in as {other.email}. Without a role here" in refused.text

    super_admin.post(url, data={"roles": [role_id(app, "platform-viewer")]})

    assert theirs.get("/platforms/market/admin/vendors").status_code == 200
    assert "No role" not in super_admin.get("/platforms/market/admin/people?scope=all").text


def test_people_who_never_administered_anything_are_not_offered(super_admin, make_user, vendor):
    make_user(display_name="Customer Carl")
    make_user(display_name="Staff Stella", owner_of=vendor)

    listed = super_admin.get("/platforms/market/admin/people?scope=all").text

    assert ("Carl" in listed, "Stella" in listed) == (False, False)


def test_two_super_admins_who_demote_each_other_at_once_do_not_both_succeed(visit, make_user, market, read):
    users = [make_user(is_super_admin=True) for _number in range(2)]
    clients = [visit(user) for user in users]

    def demote(number):
        url = f"/platforms/market/admin/people/{users[1 - number].id}/super-admin"
        return clients[number].post(url, data={"value": "no"}).status_code

    with ThreadPoolExecutor(2) as workers:
        answers = list(workers.map(demote, range(2)))

    assert len(read(sa.select(User).where(User.is_super_admin))) == 1
    assert answers.count(303) == 1


def test_a_super_admin_cannot_deactivate_themself(market, visit, make_user):
    person = make_user(is_super_admin=True)

    answer = visit(person).post(f"/platforms/market/admin/people/{person.id}/deactivation")

    assert answer.status_code == 409
    assert "your own account" in answer.text


def test_an_owner_invites_staff_changes_roles_and_removes_them(app, owner, vendor, make_user, read):
    base = "/platforms/market/vendor/maison"
    owner.post(
        f"{base}/people",
        data={"email": "help@wizamart.test", "locale": "fr", "roles": [role_id(app, "vendor-staff")]},
    )
    person = read(sa.select(User).where(User.email == "help@wizamart.test"))[0]
    owner.post(f"{base}/people/{person.id}", data={"roles": [role_id(app, "vendor-owner")]})
    assert "Owner" in owner.get(f"{base}/people/{person.id}").text

    owner.post(f"{base}/people/{person.id}/removal")

    assert owner.get(f"{base}/people/{person.id}").status_code == 404


def test_the_last_owner_is_kept_with_a_clear_message(super_admin, owner, vendor, read):
    last = read(sa.select(User).where(User.email == "owner@wizamart.test"))[0]

    answer = super_admin.post(f"/platforms/market/vendor/maison/people/{last.id}/removal")

    assert answer.status_code == 409
    assert "This cannot be done" in answer.text
    assert "This is the last owner" in answer.text
    assert 'class="wz-nav"' in answer.text


def test_staff_see_people_and_change_nothing(visit, vendor, make_user):
    client = visit(make_user(staff_of=vendor))
    base = "/platforms/market/vendor/maison"

    assert client.get(f"{base}/people").status_code == 200
    forbidden = client.get(f"{base}/people/new")
    assert (forbidden.status_code, 'class="wz-nav"' in forbidden.text) == (403, True)
    assert 'class="wz-nav"' not in client.get(f"{base}/no-such-page").text
    assert client.post(f"{base}/business/profile", data={"name": "Mine"}).status_code == 403


def test_an_owner_reaches_only_their_own_staff(owner, market, make_vendor, make_user):
    stranger = make_user(staff_of=make_vendor(market, code="stranger"))

    assert owner.get(f"/platforms/market/vendor/maison/people/{stranger.id}").status_code == 404
    assert owner.get("/platforms/market/vendor/stranger/people").status_code == 404
    assert owner.get("/platforms/market/admin/vendors").status_code == 404


def test_an_owner_changes_profile_and_company(admin, owner, vendor, read):
    admin.post("/platforms/market/admin/companies", data=COMPANY)
    admin.post(f"/platforms/market/admin/vendors/{vendor.id}", data={"name": "Maison", "company_id": "1"})
    base = "/platforms/market/vendor/maison/business"

    bad = owner.post(f"{base}/company", data=COMPANY | {"vat_number": "LU1"})
    owner.post(f"{base}/company", data=COMPANY | {"city": "Wiltz"})
    owner.post(f"{base}/profile", data={"name": "Maison Neuve", "website": "https://maison.test"})

    assert bad.status_code == 422
    page = owner.get(base).text
    assert "Wiltz" in page
    assert "Maison Neuve" in page


def test_a_role_is_written_in_the_matrix_and_can_be_given(owner, vendor, read):
    base = "/platforms/market/vendor/maison/roles"
    owner.post(base, data={"name": "Packing", "permissions": ["tenancy:person:read", "core:dashboard:read"]})
    role = read(sa.select(Role).where(Role.name == "Packing"))[0]

    owner.post(f"{base}/{role.id}", data={"name": "Packing", "permissions": ["core:dashboard:read"]})

    stored = read(sa.select(Role).where(Role.id == role.id))[0]
    assert (stored.permissions, stored.vendor_id) == (["core:dashboard:read"], vendor.id)
    assert owner.post(f"{base}/{role.id}/removal").status_code == 303


def test_the_name_of_a_role_is_text_wherever_it_is_shown(owner, admin, vendor, read):
    base = "/platforms/market/vendor/maison"
    owner.post(f"{base}/roles", data={"name": "<b>Boss</b>", "permissions": ["core:dashboard:read"]})
    role = read(sa.select(Role).where(Role.name == "<b>Boss</b>"))[0]
    person = {"email": "help@wizamart.test", "locale": "fr", "roles": [role.id]}
    owner.post(f"{base}/people", data=person)

    pages = [owner.get(f"{base}/{path}").text for path in ("roles", f"roles/{role.id}", "people")]
    pages.append(admin.get(f"/platforms/market/admin/vendors/{vendor.id}").text)

    for page in pages:
        assert "&lt;b&gt;Boss&lt;/b&gt;" in page
        assert "<b>Boss</b>" not in page


def test_what_a_role_allows_is_worded_as_permissions_and_not_as_the_same_words_elsewhere(admin):
    page = admin.get("/admin/roles/new", headers={"Accept-Language": "de"}).text

    assert "Gestaltung" in page
    assert "Importieren" not in page
    assert "Farbschema" not in page.partition("<main")[2].partition("</main>")[0]


def test_a_role_with_reserved_permissions_is_refused(owner, admin):
    for client, base in ((owner, "vendor/maison"), (admin, "admin")):
        answer = client.post(
            f"/platforms/market/{base}/roles",
            data={"name": "Root", "permissions": ["tenancy:user:impersonate"]},
        )
        assert answer.status_code == 422
        assert "more than you may do yourself" in answer.text


def test_a_super_admin_acts_as_a_vendors_person_and_comes_back(super_admin, owner, vendor, read):
    person = read(sa.select(User).where(User.email == "owner@wizamart.test"))[0]
    answer = super_admin.post(f"/platforms/market/admin/vendors/{vendor.id}/people/{person.id}/impersonation")
    assert answer.headers["Location"].endswith("/platforms/market/vendor/maison/")

    page = super_admin.get("/platforms/market/vendor/maison/business").text
    assert "You act as" in page
    assert super_admin.get("/platforms/market/admin/vendors").status_code == 404
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    super_admin.post(
        "/platforms/market/impersonation/end", data={"csrf_token": token}, headers={"X-CSRFToken": token}
    )

    assert super_admin.get("/platforms/market/admin/vendors").status_code == 200
    assert any(row.impersonator_id for row in read(sa.select(UserSession)))


def test_nobody_acts_as_an_admin(super_admin, market, vendor, make_user):
    person = make_user(owner_of=vendor, admin_of=market)

    answer = super_admin.post(f"/platforms/market/admin/vendors/{vendor.id}/people/{person.id}/impersonation")

    assert answer.status_code == 403


def test_a_platform_admin_acts_as_nobody(admin, vendor, owner, read):
    person = read(sa.select(User).where(User.email == "owner@wizamart.test"))[0]

    answer = admin.post(f"/platforms/market/admin/vendors/{vendor.id}/people/{person.id}/impersonation")

    assert answer.status_code == 403


@pytest.mark.backends("sqlite")
@pytest.mark.parametrize(
    "path",
    [
        "admin/vendors/new",
        "admin/companies/new",
        "admin/people/new",
        "admin/roles/new?kind=vendor",
        "admin/roles/new?kind=platform",
        "admin/roles",
        "admin/platforms/new",
        "admin/people?scope=all",
        "vendor/maison/business",
        "vendor/maison/people/new",
        "vendor/maison/roles",
        "vendor/maison/roles/new",
        "vendor/maison/business/profile/edit",
    ],
)
def test_every_page_opens(super_admin, vendor, path):
    assert super_admin.get(f"/platforms/market/{path}").status_code == 200


VERSION_FIELD = re.compile(r'name="~version" value="([0-9a-f]+)"')


def test_of_those_who_save_the_same_form_at_once_one_is_first(admin, market, visit, make_user):
    admin.post("/platforms/market/admin/companies", data=COMPANY)
    mine = VERSION_FIELD.search(admin.get("/platforms/market/admin/companies/1/edit").text)[1]
    clients = [visit(make_user(admin_of=market)) for _ in range(4)]
    start = threading.Barrier(len(clients))

    def save(position):
        start.wait()
        data = COMPANY | {"city": f"City {position}", "~version": mine}
        return clients[position].post("/platforms/market/admin/companies/1", data=data).status_code

    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(pool.map(save, range(len(clients))))

    assert sorted(answers) == [303, 422, 422, 422]


def test_of_those_who_choose_roles_or_platforms_at_once_one_is_first(
    app, vendor, visit, make_user, make_platform, read
):
    helper, shop = make_user(staff_of=vendor), f"/platforms/market/admin/vendors/{vendor.id}/platforms"
    managers = [visit(make_user(is_super_admin=True)) for _ in range(4)]
    base, names = "/platforms/market/vendor/maison", [f"Role {number}" for number in range(4)]
    for name in names:
        managers[0].post(f"{base}/roles", data={"name": name, "permissions": ["core:dashboard:read"]})
    roles = read(sa.select(Role).where(Role.name.in_(names)))
    places = [make_platform(f"place-{number}") for number in range(4)]
    with app.app_context(), unit_of_work() as session:
        # Whoever has a secret that no key fits has roles all the same.
        session.execute(sa.text("UPDATE users SET totp_secret = 'of another key'"))
    person = f"{base}/people/{helper.id}"
    forms = (
        (f"{person}/edit", person, [{"roles": [one.id]} for one in roles]),
        (shop, shop, [{"platforms": [one.id]} for one in places]),
    )
    for edit, save, choices in forms:
        opened = VERSION_FIELD.search(managers[0].get(edit).text)[1]
        start = threading.Barrier(len(managers))

        def choose(client, choice, save=save, opened=opened, start=start):
            start.wait()
            return client.post(save, data=choice | {"~version": opened}).status_code

        with ThreadPoolExecutor(len(managers)) as pool:
            assert sorted(pool.map(choose, managers, choices)) == [303, 422, 422, 422], save


def test_a_form_that_somebody_else_overtook_is_refused_once_and_keeps_what_was_typed(admin, market):
    admin.post("/platforms/market/admin/companies", data=COMPANY)
    edit, save = "/platforms/market/admin/companies/1/edit", "/platforms/market/admin/companies/1"
    mine = VERSION_FIELD.search(admin.get(edit).text)[1]
    admin.post(save, data=COMPANY | {"city": "Wiltz", "~version": mine})

    refused = admin.post(save, data=COMPANY | {"city": "Vianden", "~version": mine})

    assert refused.status_code == 422
    assert "Somebody else has changed this" in refused.text
    assert 'value="Vianden"' in refused.text
    assert "Wiltz" in admin.get(edit).text
    again = VERSION_FIELD.search(refused.text)[1]
    assert admin.post(save, data=COMPANY | {"city": "Vianden", "~version": again}).status_code == 303
    assert "Vianden" in admin.get(edit).text


def test_roles_and_who_has_them_are_guarded_too(app, owner, read):
    base = "/platforms/market/vendor/maison"
    owner.post(f"{base}/roles", data={"name": "Packing", "permissions": ["core:dashboard:read"]})
    role = read(sa.select(Role).where(Role.name == "Packing"))[0]
    person = {"email": "help@wizamart.test", "locale": "fr", "roles": [role.id]}
    owner.post(f"{base}/people", data=person)
    helper = read(sa.select(User).where(User.email == "help@wizamart.test"))[0]
    more = {"name": "Packing", "permissions": ["core:dashboard:read", "tenancy:person:read"]}
    edits = (
        (f"roles/{role.id}", f"roles/{role.id}", more, {"name": "Packing", "permissions": []}),
        (
            f"people/{helper.id}/edit",
            f"people/{helper.id}",
            {"roles": [role_id(app, "vendor-staff")]},
            {"roles": []},
        ),
    )
    for edit, save, theirs, mine in edits:
        opened = VERSION_FIELD.search(owner.get(f"{base}/{edit}").text)[1]
        assert owner.post(f"{base}/{save}", data=theirs | {"~version": opened}).status_code == 303

        refused = owner.post(f"{base}/{save}", data=mine | {"~version": opened})

        assert refused.status_code == 422
        assert "Somebody else has changed this" in refused.text
        again = VERSION_FIELD.search(refused.text)[1]
        assert owner.post(f"{base}/{save}", data=theirs | {"~version": again}).status_code == 303


@pytest.mark.parametrize("page", ["companies/1", "vendors/1", "platforms/1"])
def test_a_form_that_nobody_overtook_is_saved(admin, super_admin, market, vendor, page):
    admin.post("/platforms/market/admin/companies", data=COMPANY)
    form = VERSION_FIELD.search(super_admin.get(f"/platforms/market/admin/{page}/edit").text)[1]
    data = COMPANY | {
        "name": "Market",
        "locales": ["en"],
        "default_locale": "en",
        "currency": "EUR",
        "time_zone": "Europe/Paris",
        "~version": form,
    }

    assert super_admin.post(f"/platforms/market/admin/{page}", data=data).status_code == 303
