"""The command `wizamart` as a process of its own: where it serves, and what it says where files are missing."""

import os
import shutil
import socket
import subprocess
import sys
import urllib.request

import pytest

from wizamart.commands import serve
from wizamart.config import ROOT, Settings

ANNOUNCEMENT = "Wizamart answers at "


def can_use_ipv6():
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            return False
    return True


def environment_of(folder, tmp_path):
    return {
        **os.environ,
        "PYTHONPATH": str(folder),
        "PYTHONUNBUFFERED": "1",
        "WIZAMART_DATABASE_URL": f"sqlite:///{tmp_path / 'wizamart.db'}",
        "WIZAMART_MIGRATE_ON_START": "true",
    }


@pytest.mark.skipif(not can_use_ipv6(), reason="this host has no IPv6")
@pytest.mark.parametrize("host", ["::1", "::"])
def test_it_serves_and_prints_an_address_of_ipv6(host, tmp_path):
    with subprocess.Popen(
        [sys.executable, "-m", "wizamart.cli", "serve", "--host", host, "--port", "0"],
        cwd=ROOT,
        env=environment_of(ROOT, tmp_path),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            lines = (line for line in process.stdout if line.startswith(ANNOUNCEMENT))
            address = next(lines, "").removeprefix(ANNOUNCEMENT).strip()
            assert address.startswith("http://[::1]:")
            with urllib.request.urlopen(f"{address}health/live") as answer:  # noqa: S310 - our own address
                assert answer.status == 200
        finally:
            process.terminate()


def test_packages_without_their_templates_are_named_as_the_fault(tmp_path):
    packages = tmp_path / "packages"
    for name in ("wizamart", "modules"):
        shutil.copytree(ROOT / name, packages / name, ignore=shutil.ignore_patterns("__pycache__"))
    run = subprocess.run(
        [sys.executable, "-m", "wizamart.cli", "db", "status"],
        cwd=tmp_path,
        env=environment_of(packages, tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "install it there with `pip install -e .`" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_server_that_does_not_answer_in_time_is_not_said_to_answer(monkeypatch, capsys):
    monkeypatch.setattr(serve, "SECONDS_TO_ANSWER", 0.0)

    serve._announce("127.0.0.1", 1, Settings(_env_file=None, environment="testing"))

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("Nothing answers at http://127.0.0.1:1/")


@pytest.mark.parametrize(
    ("host", "environment", "public", "told"),
    [
        ("10.0.0.7", "production", None, ["http://10.0.0.7:80/"]),
        ("0.0.0.0", "production", None, ["0.0.0.0:80, every address"]),  # noqa: S104
        (
            "::",
            "production",
            "https://shop.example.com",
            ["https://shop.example.com/", "[::]:80, every address"],
        ),
        (
            "127.0.0.1",
            "production",
            "https://shop.example.com",
            ["https://shop.example.com/", "127.0.0.1:80"],
        ),
        ("0.0.0.0", "development", None, ["http://127.0.0.1:80/", "0.0.0.0:80, every address"]),  # noqa: S104
        ("127.0.0.1", "development", None, ["http://127.0.0.1:80/"]),
    ],
)
def test_a_server_says_what_it_is_bound_to_and_where_people_reach_it(host, environment, public, told):
    settings = Settings(
        _env_file=None,
        environment=environment,
        public_address=public,
        secret_key="a key of thirty-two letters, or so",
    )

    lines = serve._whereabouts(host, 80, settings)

    assert all(any(part in line for line in lines) for part in told)
    assert any("127.0.0.1" in line for line in lines) == any("127.0.0.1" in part for part in told)
