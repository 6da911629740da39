"""What is installed is written down exactly: a fresh clone gets the same as this one."""

import re
import tomllib
from importlib.metadata import requires, version

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from wizamart.config import ROOT

CONSTRAINTS = {
    canonicalize_name(name): exact
    for name, exact in re.findall(
        r"^([\w.-]+)==(\S+)$", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE
    )
}


def asked_for(name: str) -> list[Requirement]:
    """Return what a package requires here, for this Python and without its extras."""
    found = (Requirement(line) for line in requires(name) or ())
    return [one for one in found if one.marker is None or one.marker.evaluate({"extra": ""})]


def test_everything_that_is_required_has_its_exact_version_and_no_two_of_them_exclude_each_other():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    missing, excluded, seen = set(), set(), {"setuptools"}  # which `pip freeze` leaves out
    waiting = [
        Requirement(line) for line in (*project["dependencies"], *project["optional-dependencies"]["dev"])
    ]
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if name in seen:
            continue
        seen.add(name)
        exact = CONSTRAINTS.get(name)
        if exact is None:
            missing.add(name)
        elif not wanted.specifier.contains(exact, prereleases=True):
            excluded.add(f"{wanted} is not met by {exact}")
        else:
            waiting += asked_for(name)

    assert (missing, excluded) == (set(), set())
    installed = {name: version(name) for name in sorted(seen)}
    assert installed == {name: CONSTRAINTS.get(name, installed[name]) for name in installed}
