"""Modules that come as packages of their own: they appear, vanish and return without stopping anything else."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from wizamart.config import ROOT
from wizamart.module_system.scaffold import write_module

pytestmark = [pytest.mark.processes, pytest.mark.slow]


@pytest.fixture
def package(tmp_path):
    """A module as somebody would publish it: a package with metadata that names its entry point."""
    written = write_module("gift-cards", name="Gift cards", root=tmp_path / "written")
    site = tmp_path / "site"
    shutil.copytree(written, site / "acme_gift_cards")
    for file in (site / "acme_gift_cards").rglob("*.py"):
        file.write_text(file.read_text().replace("modules.gift_cards", "acme_gift_cards"))
    definition = site / "acme_gift_cards" / "definition.py"
    definition.write_text(
        definition.read_text().replace(
            'code="gift-cards",', 'code="gift-cards",\n    package="acme_gift_cards",'
        )
    )
    metadata = site / "acme_gift_cards-1.0.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-gift-cards\nVersion: 1.0.0\n")
    (metadata / "entry_points.txt").write_text(
        "[wizamart.modules]\ngift-cards = acme_gift_cards.definition:DEFINITION\n"
    )
    return site


@pytest.fixture
def run(database_url):
    """Run Python or the command in a process of its own, with or without the package."""

    def start(*arguments, site: Path | None = None):
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(str(path) for path in (ROOT, site) if path),
            "WIZAMART_DATABASE_URL": database_url,
            "WIZAMART_ENVIRONMENT": "testing",
        }
        return subprocess.run(
            [sys.executable, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
        )

    return start


def command(run, *arguments, site=None):
    done = run("-m", "wizamart.cli", *arguments, site=site)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


WRITE = """
from wizamart.app import create_app
from wizamart.database import unit_of_work
from wizamart.platforms import scoped, Platform
from wizamart import clock
import sqlalchemy as sa
app = create_app()
with app.app_context(), unit_of_work() as session:
    from acme_gift_cards.schemas.entry import EntryForm
    from acme_gift_cards.services import entry_service
    platform_id = session.scalar(sa.select(Platform.id).where(Platform.code == "market"))
    with scoped(session, platform_id):
        entry_service.create_entry(session, EntryForm(title="kept"), platform_id=platform_id, at=clock.now())
        print(entry_service.count_entries(session))
"""
LOOK = """
import sqlalchemy as sa
from wizamart.app import create_app
from wizamart.database import db, unit_of_work
from wizamart.platforms import Platform
app = create_app()
with app.app_context(), unit_of_work(read_only=True) as session:
    platform = session.scalars(sa.select(Platform).where(Platform.code == "market")).one()
    state = app.modules.state_of(session, platform.id)
    print(sorted(state.wanted - state.effective), {code: str(why) for code, why in state.off_because.items()})
"""
TELL = """
import json
import sqlalchemy as sa
from wizamart.app import create_app
from wizamart.database import unit_of_work
from wizamart.module_system import module_service
from wizamart.platforms import Platform
app = create_app()
with app.app_context(), unit_of_work(read_only=True) as session:
    platform_id = session.scalar(sa.select(Platform.id).where(Platform.code == "market"))
    on = [module.code for module in module_service.get_platform_modules(session, platform_id)]
report = app.extensions["health"].run().as_dict(with_details=True)
health = next(check for check in report["checks"] if check["name"] == "registry")
rejected = [(module.code, module.reason) for module in app.modules.registry.rejected]
print(json.dumps({"on": on, "rejected": rejected, "health": health}))
"""


def test_a_package_that_is_removed_takes_nothing_along_and_returns_with_its_state(
    package, run, make_platform
):
    make_platform("market", modules=["payments"])
    command(run, "db", "upgrade", site=package)
    command(run, "modules", "enable", "gift-cards", "--platform", "market", site=package)
    assert run("-c", WRITE, site=package).stdout.strip() == "1"

    command(run, "db", "upgrade")
    listed = json.loads(command(run, "modules", "list", "--platform", "market", "--json"))
    assert "gift-cards" not in {module["code"] for module in listed["modules"]}
    assert {"payments"} <= {module["code"] for module in listed["modules"] if module["on"]}
    assert run("-c", LOOK).stdout.strip() == "['gift-cards'] {'gift-cards': 'Its package is not installed.'}"
    command(run, "modules", "disable", "payments", "--platform", "market")

    listed = json.loads(command(run, "modules", "list", "--platform", "market", "--json", site=package))
    assert {module["code"]: module["on"] for module in listed["modules"]}["gift-cards"]
    assert run("-c", WRITE, site=package).stdout.strip() == "2"


@pytest.mark.backends("sqlite")
@pytest.mark.parametrize(
    "fault",
    [
        ("definition.py", "raise RuntimeError('broken on import')\n", "broken on import"),
        ("routes/admin.py", "from wizamart.nowhere import nothing\n", "No module named 'wizamart.nowhere'"),
        ("models/entry.py", "1 / 0\n", "division by zero"),
        (
            "routes/admin.py",
            "from flask import Blueprint\nbp = Blueprint('acme', __name__)\nbp.before_app_request(lambda: None)\n",
            "app-wide hook before_app_request",
        ),
        ("contributions.py", "import nothing_of_this_name\n", "nothing_of_this_name"),
    ],
)
def test_a_faulty_package_is_named_and_stops_nobody(package, run, make_platform, fault):
    file, break_it, reason = fault
    make_platform("market", modules=["payments"])
    (package / "acme_gift_cards" / file).write_text(break_it)

    told = json.loads(run("-c", TELL, site=package).stdout.splitlines()[-1])

    assert {"core", "payments"} <= set(told["on"])
    ((code, why),) = told["rejected"]
    assert code == "gift-cards"
    assert reason in why
    assert told["health"]["status"] == "degraded"
    assert reason in told["health"]["message"]
