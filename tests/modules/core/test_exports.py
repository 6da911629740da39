"""Excel files of long lists: offered, made in the background, and given to nobody but who asked."""

import csv
import io
import re
import threading
from datetime import timedelta

import openpyxl
import pytest
import sqlalchemy as sa

from modules.core.models.export import Export, ExportPiece
from modules.core.schemas.export import TASK
from modules.core.services import export_service
from wizamart import audit, clock
from wizamart.auth.models import User
from wizamart.database import unit_of_work
from wizamart.i18n import LOCALE_COOKIE
from wizamart.permissions import Role, RoleAssignment
from wizamart.platforms import scoped
from wizamart.queue import Task, run_task
from wizamart.web import exports

LIST = "/admin/audit/export?format=xlsx"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def long_list(app, platform, platform_admin, monkeypatch):
    """Ten rows where five are too many to wait for."""
    monkeypatch.setattr(exports, "LONG", 5)
    with app.app_context(), unit_of_work() as session:
        for number in range(10):
            audit.record(
                session,
                action="modules.enable",
                target=f"module:x{number}",
                actor_id=platform_admin.id,
                platform_id=platform.id,
            )
    return platform


@pytest.fixture
def work_off(app):
    """Run the tasks that make files, and return what became of each."""

    def run():
        with app.app_context(), unit_of_work() as session:
            ids = list(session.scalars(sa.select(Task.id).where(Task.name == TASK)))
        return [outcome for outcome in (run_task(app, task_id) for task_id in ids) if outcome]

    return run


@pytest.fixture
def stored(app, platform):
    """Return how many files and pieces there are."""

    def count():
        with app.app_context(), unit_of_work(read_only=True) as session, scoped(session, platform.id):
            return [session.scalar(sa.select(sa.func.count(table.id))) for table in (Export, ExportPiece)]

    return count


def ask(client, address=LIST, base="/admin"):
    """Ask for a file and return the address of its page."""
    answer = client.post(f"{base}/files", data={"address": address})
    assert answer.status_code == 303, answer.text
    return answer.location


def read(content):
    return list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))


def test_a_long_list_offers_to_make_its_workbook_in_the_background(client, long_list):
    page = client.get(f"{LIST}&search=module")

    assert page.mimetype == "text/html"
    assert 'action="/admin/files"' in page.text
    assert f'name="address" value="{LIST}&amp;search=module"' in page.text
    assert 'href="/admin/audit/export?format=csv&amp;search=module"' in page.text
    with client.get("/admin/audit/export") as answer:
        assert answer.mimetype == "text/csv"
    with client.get(f"{LIST}&search=x7") as answer:
        assert answer.mimetype == XLSX


def test_a_file_is_made_in_the_background_and_holds_every_row(client, long_list, work_off, stored):
    page = ask(client, f"{LIST}&search=module")
    before = client.get(page)

    assert "The file is being made" in before.text
    assert f'data-hx-get="{page}"' in before.text
    assert client.get(f"{page}/content").status_code == 404
    assert work_off() == ["succeeded"]

    after = client.get(page)
    assert 'data-hx-trigger="load' not in after.text.partition('id="export-progress"')[2].partition(">")[0]
    assert f'href="{page}/content"' in after.text
    listed = client.get("/admin/files").text
    assert "audit.xlsx" in listed
    assert re.search(r">\d+ kB<", listed)
    with client.get(f"{page}/content") as answer, client.get("/admin/audit/export?search=module") as text:
        rows = read(answer.get_data())
        lines = list(csv.reader(io.StringIO(text.get_data().decode("utf-8-sig"))))
        assert answer.headers["Content-Disposition"] == 'attachment; filename="audit.xlsx"'
        assert answer.mimetype == XLSX
    assert [row[2] for row in rows] == [line[2] for line in lines]
    assert len(rows) == 11
    assert stored() == [1, 1]


def test_nobody_else_gets_a_file(
    client, long_list, work_off, make_client, make_user, make_platform, sign_in, stored
):
    page = ask(client)
    work_off()
    colleague, stranger = make_client(), make_client()
    other = make_platform("other")
    sign_in(colleague, make_user(is_super_admin=True))
    sign_in(stranger, make_user(admin_of=other))

    for who in (colleague, stranger):
        for address in (page, f"{page}/content"):
            for prefix in ("/platforms/shop", "/platforms/other"):
                assert who.get(prefix + address).status_code == 404
        assert who.post(f"/platforms/shop{page}/removal").status_code == 404
    assert "audit.xlsx" not in colleague.get("/admin/files").text
    assert make_client().get(f"{page}/content").status_code in {302, 401}
    assert stored()[0] == 1


def test_the_same_person_does_not_get_it_on_another_platform(
    app, client, platform_admin, long_list, work_off, make_platform
):
    with app.app_context(), unit_of_work() as session:
        session.get(User, platform_admin.id).is_super_admin = True
    make_platform("other")
    page = ask(client)
    work_off()

    with client.get(f"{page}/content") as answer:
        assert answer.status_code == 200
    assert client.get(f"/platforms/other{page}/content").status_code == 404


def test_who_may_not_see_the_list_any_more_gets_no_file(app, client, platform_admin, long_list, work_off):
    page = ask(client)
    work_off()
    with app.app_context(), unit_of_work() as session:
        role = Role(
            kind="platform",
            code="dash",
            name="Dash",
            permissions=["core:dashboard:read"],
            platform_id=long_list.id,
        )
        session.add(role)
        session.flush()
        session.execute(
            sa.update(RoleAssignment)
            .where(RoleAssignment.user_id == platform_admin.id)
            .values(role_id=role.id)
        )

    assert client.get(page).status_code == 200
    assert client.get(f"{page}/content").status_code == 403
    assert client.post("/admin/files", data={"address": LIST}).status_code == 403


def test_permissions_are_those_of_the_moment_at_which_the_file_is_made(
    app, client, platform_admin, long_list, work_off, stored
):
    page = ask(client)
    with app.app_context(), unit_of_work() as session:
        session.get(User, platform_admin.id).is_active = False

    assert work_off() == ["succeeded"]
    with app.app_context(), unit_of_work() as session:
        session.get(User, platform_admin.id).is_active = True

    assert stored() == [1, 0]
    assert "There is no file." in client.get(page).text
    assert client.get(f"{page}/content").status_code == 404


def test_a_file_is_kept_for_a_week(app, client, long_list, work_off, stored):
    page = ask(client)
    work_off()
    with app.app_context(), unit_of_work() as session, scoped(session, long_list.id):
        session.scalars(sa.select(Export)).one().created_at = clock.now() - timedelta(days=7, seconds=1)

    assert client.get(page).status_code == 404
    assert client.get(f"{page}/content").status_code == 404
    assert "No files" in client.get("/admin/files").text
    with app.app_context(), unit_of_work() as session, scoped(session, long_list.id):
        assert export_service.delete_ended(session, at=clock.now()) == 1
    assert stored() == [0, 0]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/",
        "https://elsewhere.test/admin/audit/export?format=xlsx",
        "//elsewhere.test/admin/audit/export",
        "/admin/no-such-list?format=xlsx",
        "/vendor/acme/orders.csv?format=xlsx",
        "/admin/profile",
        "/admin/files/1/content",
        "/admin/audit/export?format=xlsx&x=" + "y" * 4000,
    ],
)
def test_only_a_list_of_this_portal_is_made_a_file_of(client, platform_admin, address, stored):
    assert client.post("/admin/files", data={"address": address}).status_code == 422
    assert stored()[0] == 0


def test_a_page_that_is_no_file_is_told_so(client, long_list, work_off, stored):
    page = ask(client, "/admin/audit")

    assert work_off() == ["succeeded"]
    assert "There is no file." in client.get(page).text
    assert stored() == [1, 0]


def test_what_is_being_made_is_not_made_twice_and_not_without_end(client, long_list, stored):
    assert ask(client) == ask(client)
    ask(client, f"{LIST}&search=a")
    ask(client, f"{LIST}&search=b")

    answer = client.post("/admin/files", data={"address": f"{LIST}&search=c"})

    assert answer.status_code == 409
    assert "3 of your files" in answer.text
    assert stored()[0] == 3


def test_of_two_clicks_at_once_one_file_is_made(make_client, platform_admin, sign_in, long_list, stored):
    clients = [make_client() for _ in range(2)]
    for one in clients:
        sign_in(one, platform_admin)
    barrier, pages = threading.Barrier(2), []

    def click(one):
        barrier.wait()
        pages.append(ask(one))

    threads = [threading.Thread(target=click, args=(one,)) for one in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(pages) == 2
    assert len(set(pages)) == 1
    assert stored()[0] == 1


def test_files_that_nobody_works_on_any_more_cost_no_query_each(app, client, long_list, count_queries):
    def count(address):
        ask(client, address)
        with app.app_context(), unit_of_work() as session:
            session.execute(sa.update(Task).where(Task.name == TASK).values(status="dead"))
        with count_queries() as queries:
            page = client.get("/admin/files")
        assert "In the works" not in page.text
        return page.text.count("Failed"), len(queries)

    [(one, few), *_, (four, many)] = [count(f"{LIST}&search={letter}") for letter in "abcd"]

    assert (one, four) == (1, 4)
    assert many == few


def test_a_file_that_is_deleted_meanwhile_is_not_made(app, client, long_list, work_off, stored):
    page = ask(client)
    client.post(f"{page}/removal")

    assert work_off() == []
    assert client.get(page).status_code == 404
    assert stored() == [0, 0]
    with app.app_context(), unit_of_work() as session:
        assert session.scalars(sa.select(Task.status).where(Task.name == TASK)).all() == ["cancelled"]


def test_a_fault_is_tried_again_and_told_at_the_end(app, client, long_list, work_off, monkeypatch):
    def fail(*_arguments, **_options):
        raise LookupError

    page = ask(client)
    monkeypatch.setattr("wizamart.web.exports._counted", fail)

    assert work_off() == ["failed"]
    assert "The file is being made" in client.get(page).text
    with app.app_context(), unit_of_work() as session:
        session.execute(sa.update(Task).where(Task.name == TASK).values(attempts=2, run_at=clock.now()))
    assert work_off() == ["dead"]
    assert "Making the file has stopped." in client.get(page).text
    ask(client)


def test_a_file_speaks_the_language_of_the_person(app, client, platform_admin, long_list, work_off):
    client.set_cookie(LOCALE_COOKIE, f"de.{platform_admin.id}")
    page = ask(client)
    work_off()

    with client.get(f"{page}/content") as answer, client.get("/admin/audit/export") as text:
        head = text.get_data().decode("utf-8-sig").splitlines()[0]
        assert ",".join(read(answer.get_data())[0]) == head
    assert "Wann" in head


def test_the_file_of_a_vendor_holds_what_is_the_vendors(app, client, owner, work_off):
    base = "/vendor/acme"
    page = ask(client, f"{base}/people?format=xlsx", base=base)

    assert work_off() == ["succeeded"]
    with client.get(f"{page}/content") as answer:
        rows = read(answer.get_data())
    assert [row[1] for row in rows[1:]] == [owner.email]


@pytest.mark.parametrize("name", ["wizamart.stand_in", "wizamart-stand-in", "HTTP_WIZAMART_STAND_IN"])
def test_no_header_makes_somebody_a_stand_in(platform_admin, make_client, name):
    answer = make_client().get("/admin/audit", headers={name: str(platform_admin.id)})

    assert answer.status_code in {302, 401}
