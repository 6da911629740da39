import json
import socket
import stat
from importlib.metadata import version

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from sqlalchemy.engine import make_url

from modules.tenancy.demo import PEOPLE
from wizamart import cli, clock
from wizamart.auth import password_service, user_service
from wizamart.auth.models import User
from wizamart.cli import group
from wizamart.commands import demo
from wizamart.database import unit_of_work
from wizamart.module_system.contributions import Contribution
from wizamart.permissions import RoleAssignment
from wizamart.platforms import Platform, Vendor

pytestmark = pytest.mark.backends("sqlite")
PASSWORD = "a sentence for the show"


@pytest.fixture
def no_goods(app, monkeypatch):
    """Leave the platforms of the demonstration empty, where only people and files are looked at."""
    monkeypatch.setitem(app.modules.contributions._by_hook, "framework.demo", [])


@pytest.fixture
def run(app, monkeypatch):
    monkeypatch.setattr(cli, "_create", lambda: app)
    monkeypatch.setattr(group, "create_app", lambda *_args: app)

    def invoke(*arguments, **options):
        return CliRunner().invoke(group, list(arguments), prog_name="wizamart", **options)

    return invoke


def test_platforms_are_created_listed_archived_and_restored(run):
    assert run("platforms", "create", "market", "--name", "Letzmarkt", "--preset", "shop").exit_code == 0
    run("platforms", "create", "second")
    run("platforms", "archive", "second")

    rows = json.loads(run("platforms", "list", "--json").stdout)
    assert [(row["code"], row["name"], row["status"]) for row in rows] == [
        ("market", "Letzmarkt", "active"),
        ("second", "second", "archived"),
    ]
    assert run("platforms", "restore", "second").exit_code == 0


def test_a_program_reads_what_was_done_with_platforms_and_people(run):
    run("platforms", "create", "market")
    run("platforms", "create", "second")
    second = {"code": "second", "name": "second", "status": "archived"}
    person = {"email": "one@wizamart.test", "name": "One", "super_admin": False, "active": True}
    created = ("users", "create", person["email"], "--name", "One", "--password", PASSWORD)

    def read(*arguments):
        return json.loads(run(*arguments, "--json").stdout)

    assert read("platforms", "archive", "second") == [second]
    assert read("platforms", "restore", "second") == [second | {"status": "active"}]
    assert read(*created) == [person]
    assert read("users", "set-password", person["email"], "--password", PASSWORD[::-1]) == [person]
    assert read("users", "reset-second-factor", person["email"]) == [person]
    assert read("users", "make-super-admin", person["email"]) == [person | {"super_admin": True}]
    run("users", "create", "two@wizamart.test", "--super-admin", "--password", PASSWORD)
    assert read("users", "deactivate", person["email"]) == [person | {"super_admin": True, "active": False}]
    invited = read("users", "invite", "a@wizamart.test", "--platform", "market", "--url", "https://a.test/")
    assert [(one["email"], one["platform"], one["role"]) for one in invited] == [
        ("a@wizamart.test", "market", "platform-admin")
    ]
    refused = run(*created, "--json")
    assert (refused.exit_code, refused.stdout) == (1, "")


def test_a_module_is_shown_in_words(run):
    shown = run("modules", "show", "orders").stdout

    assert "menu_items: admin: orders-admin; vendor: orders-vendor\n" in shown
    assert not set("{}[]'") & set(shown)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("platforms", "archive", "nowhere"), "no such platform"),
        (("platforms", "create", "Not Good"), "code: "),
        (("platforms", "create", "here", "--name", "\u2060"), "name: This shows nothing."),
        (("users", "deactivate", "nobody@wizamart.test"), "no such person"),
        (("db", "upgrade", "nowhere"), "Error: No module “nowhere” has migrations."),
        (("users", "create", "nonsense", "--password", PASSWORD), "email: "),
    ],
)
def test_failures_go_to_stderr_with_status_1(run, arguments, message):
    result = run(*arguments)

    assert result.exit_code == 1
    assert message in result.stderr
    assert not result.stdout


def test_the_version_is_told(run):
    assert run("--version").stdout.strip() == version("wizamart")


def test_wrong_usage_has_status_2(run):
    assert run("platforms", "create", "x", "--preset", "no-such").exit_code == 2
    assert run("users", "invite", "a@wizamart.test").exit_code == 2


def test_people_are_created_promoted_and_the_last_super_admin_stays(run):
    run("users", "create", "one@wizamart.test", "--password", PASSWORD)
    run("users", "make-super-admin", "one@wizamart.test")

    refused = run("users", "deactivate", "one@wizamart.test")

    assert refused.exit_code == 1
    assert "last super admin" in refused.stderr
    assert json.loads(run("users", "list", "--json").stdout)[0]["super_admin"] is True


def test_the_list_of_people_says_who_is_what(run):
    run("users", "create", "boss@wizamart.test", "--password", PASSWORD, "--super-admin")
    run("users", "create", "clerk@wizamart.test", "--password", PASSWORD)
    run("users", "deactivate", "clerk@wizamart.test")

    boss, clerk = run("users", "list").stdout.splitlines()

    assert boss.split()[-3:] == ["super", "admin", "active"]
    assert clerk.split()[-1] == "deactivated"
    assert "super" not in clerk


def test_a_lost_second_factor_is_reset_even_if_no_key_reads_it(run, app):
    run("users", "create", "one@wizamart.test", "--password", PASSWORD)
    with app.app_context(), unit_of_work() as session:
        user = user_service.find_user_by_email(session, "one@wizamart.test")
        session.execute(sa.text("UPDATE users SET totp_secret = 'of another key'"))
        user.totp_enabled_at, user.recovery_codes = clock.now(), ["a hash"]

    assert run("users", "list").exit_code == 0
    assert run("users", "reset-second-factor", "one@wizamart.test").exit_code == 0

    with app.app_context(), unit_of_work() as session:
        user = user_service.find_user_by_email(session, "one@wizamart.test")
        assert (user.has_second_factor, user.totp_secret, user.recovery_codes) == (False, None, [])


def test_somebody_is_invited_to_administer_a_platform(run, app, make_platform):
    platform = make_platform("market")
    invited = run("users", "invite", "a@wizamart.test", "--platform", "market", "--url", "https://a.test/")

    assert invited.exit_code == 0
    with app.app_context(), unit_of_work() as session:
        assert session.scalars(sa.select(RoleAssignment.platform_id)).all() == [platform.id]


@pytest.mark.parametrize(
    "url", ["a.test", "javascript:alert(1)", "https://", "/login", "https://[a.test", "https://a b"]
)
def test_nobody_is_invited_to_an_address_that_cannot_be_one(run, app, make_platform, url):
    make_platform("market")

    refused = run("users", "invite", "a@wizamart.test", "--platform", "market", "--url", url)

    assert (refused.exit_code, "--url" in refused.stderr) == (2, True)
    with app.app_context(), unit_of_work() as session:
        assert user_service.find_user_by_email(session, "a@wizamart.test") is None


def test_a_new_password_is_set(run, app):
    run("users", "create", "one@wizamart.test", "--password", PASSWORD)
    assert run("users", "set-password", "one@wizamart.test", "--password", PASSWORD + "!").exit_code == 0

    with app.app_context(), unit_of_work() as session:
        found = user_service.find_user_by_email(session, "one@wizamart.test")
        assert password_service.verify(PASSWORD + "!", found.password_hash)[0]


def test_the_demo_is_made_once_and_a_second_run_changes_nothing(run, app, database_url):
    first = run("demo")
    assert first.exit_code == 0, first.output
    before = snapshot(app)
    second = run("demo")

    assert second.stdout == first.stdout
    assert snapshot(app) == before
    codes, vendors, people = before[:3]
    assert codes == ["loyal", "market", "oms"]
    assert vendors == ["maison-kirchberg", "moselle-outdoor"]
    assert len(people) == len(PEOPLE)
    for email in ("super", "admin", "owner", "staff", "customer"):
        assert f"{email}@wizamart.test" in first.stdout


@pytest.mark.usefixtures("no_goods")
def test_the_demos_password_is_kept_for_its_owner_only_and_can_be_chosen(run, app, monkeypatch):
    run("demo")
    with app.app_context():
        kept = demo.demo_password()
        path = demo._file(demo.PASSWORD_FILE)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert dict(demo.demo_accounts())["super@wizamart.test"]
    monkeypatch.setenv(demo.PASSWORD_VARIABLE, PASSWORD)

    result = run("demo")

    assert PASSWORD in result.stdout
    assert kept != PASSWORD
    with app.app_context(), unit_of_work() as session:
        owner = user_service.find_user_by_email(session, "owner@wizamart.test")
        assert password_service.verify(PASSWORD, owner.password_hash)[0]


def test_a_contribution_that_fails_is_named_and_stops_nobody_else(run, app, monkeypatch):
    def fail(_session, **_options):
        raise ValueError("no goods today")

    filled = []
    after = Contribution("tenancy", lambda _session, **options: filled.append(options["platform_id"]), 2)
    hooks = app.modules.contributions._by_hook
    monkeypatch.setitem(hooks, "framework.demo", [Contribution("core", fail, 1), after])

    result = run("demo")

    assert result.exit_code == 1
    assert "core" in result.stderr
    assert "no goods today" in result.stderr
    assert len(filled) == 3
    assert "owner@wizamart.test" in result.stdout


@pytest.mark.usefixtures("no_goods")
def test_people_of_the_demo_have_the_roles_they_are_said_to_have(run, app):
    run("demo")

    with app.app_context(), unit_of_work() as session:
        super_admins = session.scalars(sa.select(User.email).where(User.is_super_admin)).all()
        market = session.scalars(sa.select(Platform.id).where(Platform.code == "market")).one()
        admin = user_service.find_user_by_email(session, "admin@wizamart.test")
        places = session.scalars(
            sa.select(RoleAssignment.platform_id).where(RoleAssignment.user_id == admin.id)
        ).all()
    assert super_admins == ["super@wizamart.test"]
    assert places == [market]


def test_nobody_of_the_demo_comes_to_an_installation_in_production(run, app, monkeypatch):
    settings = app.extensions["settings"]
    monkeypatch.setitem(app.extensions, "settings", settings.model_copy(update={"environment": "production"}))

    result = run("demo")

    assert result.exit_code == 1
    assert "set to production" in result.stderr
    assert json.loads(run("users", "list", "--json").stdout) == []


@pytest.mark.usefixtures("no_goods")
def test_the_files_of_the_demo_lie_beside_its_database(run, app, database_url):
    run("demo")

    with app.app_context():
        assert str(demo._file("x").parent) in str(make_url(database_url).database)


def snapshot(app):
    with app.app_context(), unit_of_work(read_only=True) as session:
        return (
            sorted(session.scalars(sa.select(Platform.code))),
            sorted(session.scalars(sa.select(Vendor.code))),
            sorted(session.scalars(sa.select(User.password_hash))),
            session.scalar(sa.select(sa.func.count()).select_from(RoleAssignment)),
            session.scalar(sa.text("SELECT count(*) FROM audit_entries")),
            session.scalar(sa.text("SELECT count(*) FROM tasks")),
        )


def test_a_port_that_is_taken_is_named_and_nobody_else_is_taken_for_this_server(run):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = run("serve", "--port", str(port))

    assert result.exit_code == 1
    assert f"127.0.0.1:{port}" in result.stderr
