"""`wizamart modules new` writes a module that passes every check, and its own tests, as it stands."""

import json
import os
import shutil
import subprocess
import sys
from functools import partial

import pytest

from wizamart.commands.modules import modules_group
from wizamart.config import ROOT
from wizamart.exceptions import InvalidInput
from wizamart.module_system.scaffold import ModuleExists, write_module

COPIED = (
    "wizamart",
    "modules",
    "templates",
    "static",
    "translations",
    "migrations",
    "tests",
    "pyproject.toml",
    "wsgi.py",
)


@pytest.fixture
def tree(tmp_path):
    """A copy of the project in which modules may be written."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path / name)
    return tmp_path


def run(tree, *command):
    environment = {
        **os.environ,
        "PYTHONPATH": str(tree),
        "WIZAMART_DATABASE_URL": f"sqlite:///{tree / 'x.db'}",
    }
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)


def wizamart(tree, *arguments):
    return run(tree, sys.executable, "-m", "wizamart.cli", *arguments)


@pytest.mark.slow
def test_a_new_module_passes_every_check_and_its_own_tests(tree):
    for command in (
        ("modules", "new", "gift-cards", "--name", "Gift cards", "--requires", "payments"),
        ("db", "upgrade"),
        ("db", "check"),
        ("modules", "check"),
        ("i18n", "check"),
    ):
        done = wizamart(tree, *command)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    new = [str(tree / "modules" / "gift_cards"), str(tree / "tests" / "modules" / "gift_cards")]
    for command in (
        (sys.executable, "-m", "ruff", "check", *new),
        (sys.executable, "-m", "ruff", "format", "--check", *new),
        (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", new[1]),
    ):
        done = run(tree, *command)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


def test_a_new_module_is_told_to_programs(app, tmp_path, monkeypatch):
    monkeypatch.setattr("wizamart.commands.modules.write_module", partial(write_module, root=tmp_path))

    done = app.test_cli_runner().invoke(modules_group, ["new", "gift-cards", "--json"])

    told = json.loads(done.stdout)
    assert (told["code"], told["folder"]) == ("gift-cards", str(tmp_path / "modules" / "gift_cards"))
    assert str(tmp_path / "modules" / "gift_cards" / "definition.py") in told["files"]


def test_a_module_that_is_there_is_not_overwritten(tmp_path):
    folder = write_module("gift-cards", name="Gift cards", root=tmp_path)
    (folder / "definition.py").write_text("mine")

    with pytest.raises(ModuleExists, match="modules/gift_cards"):
        write_module("gift-cards", name="Gift cards", root=tmp_path)

    assert (folder / "definition.py").read_text() == "mine"


@pytest.mark.parametrize(
    ("code", "name"), [("Gift_Cards", "Gift"), ("../x", "X"), ("x", 'A "name"'), ("x", "a\nb"), ("x", " ")]
)
def test_a_bad_code_or_name_writes_nothing(tmp_path, code, name):
    with pytest.raises(InvalidInput):
        write_module(code, name=name, root=tmp_path)

    assert list(tmp_path.iterdir()) == []
