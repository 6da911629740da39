"""Subscribers hear of every module when a serving process starts, and again when it ends."""

import os
import subprocess
import sys

import pytest

from wizamart.config import ROOT

SCRIPT = """
from wizamart.app import create_app, start
from wizamart.module_system import ModuleEvent, module_event_bus
for event in (ModuleEvent.STARTUP, ModuleEvent.SHUTDOWN):
    module_event_bus.subscribe(event)(lambda data, event=event: print(event, data.module_code, flush=True))
start(create_app())
"""


@pytest.mark.processes
def test_start_and_end_of_a_process_are_told_of_each_module_in_the_order_of_what_they_require(tmp_path):
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "WIZAMART_ENVIRONMENT": "testing",
        "WIZAMART_EMBEDDED_WORKERS": "0",
        "WIZAMART_DATABASE_URL": f"sqlite:///{tmp_path / 'unused.db'}",
    }

    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )

    told = [line.split() for line in done.stdout.splitlines()]
    started = [code for event, code in told if event == "startup"]
    assert {"core", "billing", "payments"} <= set(started)
    assert started.index("payments") < started.index("billing")
    assert [code for event, code in told if event == "shutdown"] == started[::-1]
