"""The start is refused for every rule that a module of the tree breaks, all at once; installed ones are left out."""

import json
import os
import subprocess
import sys

import pytest

from wizamart.config import ROOT

pytestmark = [pytest.mark.processes, pytest.mark.slow]

DEFINITION = """
from wizamart.module_system.definition import FrontendType, MenuItem, ModuleDefinition
DEFINITION = ModuleDefinition(code={code!r}, name={code!r}, {fields})
"""
VIEWS = """
from flask import Blueprint
bp = Blueprint("{package}_{frontend}", __name__, url_prefix="/{frontend}/{package}")
"""
MODEL = """
from sqlalchemy.orm import Mapped, mapped_column
from wizamart.database import Base
class Thing(Base):
    __tablename__ = {table!r}
    id: Mapped[int] = mapped_column(primary_key=True)
"""
HOOKED = (
    VIEWS.format(package="hooked", frontend="admin")
    + "bp.before_app_request(lambda: None)\nbp.app_context_processor(dict)\n"
)
MENU = 'menu_items={FrontendType.ADMIN: (MenuItem("m", "M", "nowhere.at_all", permission="no:such:right"),)}'

# package: (fields of the definition, files beside it, what the refusal says of it)
FAULTY = {
    "unversioned": ("version='1'", {}, ["unversioned: '1' is no semantic version"]),
    "unmet": ("requires=['nowhere']", {}, ["unmet: requires 'nowhere', which does not exist"]),
    "round_a": ("requires=['round-b']", {}, ["round-a: requires itself: round-a > round-b > round-a"]),
    "round_b": ("requires=['round-a']", {}, []),
    "unreadable": (None, {"definition.py": "1 / 0"}, ["unreadable: ZeroDivisionError: division by zero"]),
    "menus": (
        MENU,
        {},
        [
            "menus: menu item 'm' names the unknown endpoint 'nowhere.at_all'",
            "menus: menu item 'm' names the unknown permission 'no:such:right'",
        ],
    ),
    "inside": (
        "is_internal=True",
        {"routes/vendor.py": VIEWS.format(package="inside", frontend="vendor")},
        ["inside: an internal module has no vendor routes"],
    ),
    "hooked": (
        "",
        {"routes/admin.py": HOOKED},
        [
            "hooked: blueprint 'hooked_admin' registers the app-wide hook before_app_request",
            "hooked: blueprint 'hooked_admin' registers the app-wide hook app_context_processor",
        ],
    ),
    "tables": (
        "",
        {"models/thing.py": MODEL.format(table="other_things"), "routes/admin.py": "import nothing_like_it"},
        [
            "tables: table 'other_things' must begin with tables_",
            "tables: ModuleNotFoundError: No module named 'nothing_like_it'",
        ],
    ),
    "twice": (
        "",
        {
            "models/thing.py": MODEL.format(table="twice_things"),
            "models/other.py": MODEL.format(table="twice_things"),
        },
        ["twice: InvalidRequestError: Table 'twice_things' is already defined for this MetaData instance"],
    ),
    "history": (
        "",
        {"migrations/versions/first.py": "", "migrations/versions/history_002_second.py": ""},
        ["history: migration first.py must be named history_<nnn>_<description>.py"],
    ),
}
ASK = """
import json, sys
import modules
modules.__path__.append(sys.argv[1])
from wizamart.app import create_app
from wizamart.module_system.exceptions import RegistryError
try:
    create_app()
except RegistryError as error:
    print(json.dumps(error.faults))
"""


def write(root, package, fields, files):
    written = {"__init__.py": "", **files}
    if fields is not None:
        written["definition.py"] = DEFINITION.format(code=package.replace("_", "-"), fields=fields)
    for name, text in written.items():
        file = root / package / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        if file.parent.name != "versions":
            (file.parent / "__init__.py").touch()


def run(script, root, database_url="sqlite://"):
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(root))),
        "WIZAMART_DATABASE_URL": database_url,
        "WIZAMART_ENVIRONMENT": "testing",
    }
    done = subprocess.run(
        [sys.executable, "-c", script, str(root)],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_every_broken_rule_of_the_tree_stands_in_one_refusal(tmp_path):
    for package, (fields, files, _sentences) in FAULTY.items():
        write(tmp_path, package, fields, files)

    faults = run(ASK, tmp_path)

    for _fields, _files, sentences in FAULTY.values():
        for sentence in sentences:
            assert any(fault.startswith(sentence) for fault in faults), (sentence, faults)
    assert {fault.partition(":")[0].replace("-", "_") for fault in faults} <= set(FAULTY)


PAGE = """
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.mounting import module_blueprint
from wizamart.permissions import public
bp = module_blueprint({code!r}, FrontendType.STOREFRONT)
@bp.get("/{code}")
@public
def page():
    return "reached"
"""
RELATION = "    others: Mapped[list['Nothing']] = relationship('Nothing')\n"
# code: (fields of the definition, files beside it, the reason for leaving it out)
FAULTY_PACKAGES = {
    "menu": (
        "menu_items={FrontendType.ADMIN: (MenuItem('m', 'M', 'no.where'),)}",
        {},
        "unknown endpoint 'no.where'",
    ),
    "check": ("health_check='acme_check.nowhere:hook'", {}, "No module named 'acme_check.nowhere'"),
    "half": (
        "",
        {"routes/storefront.py": PAGE.format(code="half"), "routes/api.py": "1 / 0"},
        "division by zero",
    ),
    "typed": ("version=None", {}, "TypeError"),
    "labels": ("menu_items={FrontendType.ADMIN: ['labels']}", {}, "'labels' is no MenuItem"),
    "history": ("", {"migrations/versions/first.py": ""}, "must be named history_<nnn>_<description>.py"),
    "clash": ("", {"models/thing.py": MODEL.format(table="tenancy_companies")}, "already defined"),
    "alone": (
        "",
        {
            "models/thing.py": "from sqlalchemy.orm import relationship\n"
            + MODEL.format(table="alone_things")
            + RELATION
        },
        "failed to locate a name ('Nothing')",
    ),
}
TELL = """
import json
import sqlalchemy as sa
from wizamart.app import create_app, start
from wizamart.cli import module_commands
from wizamart.database import unit_of_work
from wizamart.module_system import module_service
from wizamart.platforms import Platform
app = create_app()
start(app)
with app.app_context(), unit_of_work() as session:
    module_service.enable_module(session, session.scalar(sa.select(Platform.id)), "fine")
client = app.test_client()
pages = {path: client.get(path).status_code for path in ("/login", "/half", "/fine", "/health")}
rejected = {module.code: module.reason for module in app.modules.registry.rejected}
print(json.dumps({"rejected": rejected, "pages": pages, "commands": sorted(module_commands())}))
"""


def install(site, code, fields, files):
    package = f"acme_{code}"
    write(site, package, None, {**files, "definition.py": DEFINITION.format(code=code, fields=fields)})
    metadata = site / f"{package}-1.0.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0.0\n")
    (metadata / "entry_points.txt").write_text(
        f"[wizamart.modules]\n{code} = {package}.definition:DEFINITION\n"
    )


def test_faulty_packages_of_every_kind_are_left_out_together_and_none_of_their_pages_answers(
    tmp_path, database_url, make_platform
):
    make_platform("market")
    for code, (fields, files, _reason) in FAULTY_PACKAGES.items():
        install(tmp_path, code, fields, files)
    install(tmp_path, "fine", "", {"routes/storefront.py": PAGE.format(code="fine"), "cli.py": "1 / 0"})

    told = run(TELL, tmp_path, database_url)

    for code, (_fields, _files, reason) in FAULTY_PACKAGES.items():
        assert reason in told["rejected"].pop(code)
    assert told["rejected"] == {}
    assert told["pages"] == {"/login": 200, "/half": 404, "/fine": 200, "/health": 200}
    assert "users" in told["commands"]
