"""Code that is executed when something of it is first asked for: once, by one thread, its faults told each time."""

import importlib
import itertools
import os
import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from tests.wizamart.module_system.sample_modules import make_module
from wizamart.config import ROOT
from wizamart.module_system import checks, deferred
from wizamart.testing.plugin import SECRET_KEY

NUMBERS = itertools.count(1)
RUNS = []
GATE = threading.Event()


@pytest.fixture
def make_package(tmp_path, monkeypatch):
    """Return a maker of packages whose files are deferred."""
    monkeypatch.syspath_prepend(tmp_path)

    def make(**files):
        name = f"deferred_sample_{next(NUMBERS)}"
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").touch()
        for file, text in files.items():
            (folder / f"{file}.py").write_text(text.replace("PACKAGE", name))
        importlib.invalidate_caches()
        deferred.defer_modules_of(name)
        return name

    yield make
    RUNS.clear()
    GATE.clear()


COUNTED = f"from {__name__} import RUNS\nRUNS.append(__name__)\nanswer = 42\n"


def test_code_runs_at_the_first_question_and_only_once(make_package):
    package = make_package(service=COUNTED)

    service = importlib.import_module(f"{package}.service")
    again = importlib.import_module(f"{package}.service")

    assert RUNS == []
    assert service is again
    assert service.__name__ == f"{package}.service"
    assert RUNS == []
    assert (service.answer, again.answer, vars(service)["answer"]) == (42, 42, 42)
    assert [f"{package}.service"] == RUNS
    assert sys.modules[f"{package}.service"] is service


def test_names_are_imported_from_it_and_can_be_replaced(make_package, monkeypatch):
    package = make_package(
        service=COUNTED, caller="from PACKAGE import service\ndef ask(): return service.answer\n"
    )
    caller = importlib.import_module(f"{package}.caller")

    monkeypatch.setattr(f"{package}.service.answer", 43)

    assert caller.ask() == 43


def test_those_that_import_each_other_find_each_other(make_package):
    package = make_package(
        one="from PACKAGE import two\ndef name(): return 'one'\ndef other(): return two.name()\n",
        two="from PACKAGE import one\ndef name(): return 'two'\ndef other(): return one.name()\n",
    )

    one = importlib.import_module(f"{package}.one")

    assert one.other() == "two"
    assert importlib.import_module(f"{package}.two").other() == "one"


def test_a_fault_is_told_each_time_and_once_mended_the_code_runs(make_package, monkeypatch):
    monkeypatch.setenv("DEFERRED_SAMPLE", "broken")
    package = make_package(
        service="import os\nif os.environ['DEFERRED_SAMPLE'] == 'broken': raise ValueError('broken')\nanswer = 42\n"
    )
    service = importlib.import_module(f"{package}.service")

    for _ in range(2):
        with pytest.raises(ValueError, match="broken"):
            service.answer  # noqa: B018 - the question is the point
    monkeypatch.setenv("DEFERRED_SAMPLE", "mended")

    assert service.answer == 42


def test_what_is_missing_is_missed_like_in_any_module(make_package):
    service = importlib.import_module(f"{make_package(service=COUNTED)}.service")

    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        service.nothing  # noqa: B018 - the question is the point


def test_many_threads_run_it_once_and_none_sees_half_of_it(make_package):
    package = make_package(
        slow=f"from {__name__} import GATE, RUNS\nRUNS.append(__name__)\nGATE.wait(10)\nanswer = 42\n"
    )
    slow = importlib.import_module(f"{package}.slow")
    together, answers = threading.Barrier(9), []

    def ask():
        together.wait()
        answers.append(slow.answer)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    together.wait()
    GATE.set()
    for thread in threads:
        thread.join()

    assert answers == [42] * 8
    assert [f"{package}.slow"] == RUNS


def test_the_check_of_modules_asks_for_every_service(make_package):
    package = make_package(good=COUNTED, bad="import no_such_library\n")
    module = replace(make_module("sample"), services_path=package)

    faults = list(checks._service_faults(module))

    assert [f"{package}.good"] == RUNS
    assert faults == [
        "service bad cannot be imported: ModuleNotFoundError: No module named 'no_such_library'"
    ]


@pytest.mark.backends("sqlite")
def test_a_start_leaves_the_services_of_modules_for_later(settings):
    program = """
from wizamart.app import create_app
from wizamart.module_system import checks, deferred
create_app()
print("modules.orders.services.order_service" in deferred._waiting, len(deferred._waiting) > 50)
"""
    environment = {
        **os.environ,
        "WIZAMART_ENVIRONMENT": "testing",
        "WIZAMART_SECRET_KEY": SECRET_KEY,
        "WIZAMART_DATABASE_URL": settings.database_url,
    }

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["True", "True"]
