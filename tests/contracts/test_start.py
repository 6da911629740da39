"""What a start leaves for those who need it: libraries, services and forms that most processes never ask for."""

import json
import os
import subprocess
import sys

import pytest

from wizamart.config import ROOT

LATER = {
    "PIL",
    "alembic",
    "apimatic_core",
    "argon2",
    "babel.messages.pofile",
    "cryptography",
    "email.headerregistry",
    "joserfc",
    "lxml",
    "markdown_it",
    "paypalserversdk",
    "reportlab",
    "rq",
    "schwifty",
    "segno",
    "semver",
    "sqlalchemy.dialects.postgresql",
    "stdnum",
    "stripe",
    "wizamart.web.xlsx_export",
    "xlsxwriter",
}
# Their columns stand in the tables of pages.
NAMED_AT_THE_START = {
    "modules.dev_tools.services.event_service",
    "modules.messaging.services.inbox_service",
}
PROGRAM = """\
import json, sys, types
from wsgi import app
loaded = {name: type(module) is types.ModuleType for name, module in list(sys.modules.items())}
print(json.dumps(sorted(name for name, has_run in loaded.items() if has_run)))
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory) -> set[str]:
    """Return what code has run when the application stands, in a process of its own."""
    folder = tmp_path_factory.mktemp("start")
    environment = {
        **os.environ,
        "WIZAMART_DATABASE_URL": f"sqlite:///{folder}/wizamart.db",
        "WIZAMART_ENVIRONMENT": "testing",
        "WIZAMART_EMBEDDED_WORKERS": "0",
    }
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_no_library_is_loaded_that_few_processes_need(loaded):
    assert loaded & LATER == set()


def test_services_wait(loaded):
    services = {name for name in loaded if ".services." in name and name.startswith("modules.")}

    assert services <= NAMED_AT_THE_START


def test_forms_wait(loaded):
    forms = {
        "modules.orders.schemas.order",
        "modules.inventory.schemas.product",
        "modules.tenancy.schemas.vendor",
    }

    assert loaded & forms == set()


def test_what_few_requests_speak_of_waits(loaded):
    schemas = {
        "modules.core.schemas.api",
        "modules.inventory.schemas.product_text",
        "modules.messaging.schemas.kinds",
        "modules.orders.schemas.document",
    }

    assert loaded & schemas == set()
