"""`wizamart modules new`: write a complete small module to begin from."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from wizamart.config import ROOT
from wizamart.exceptions import InvalidInput, RuleViolation
from wizamart.i18n import lazy_gettext as _
from wizamart.invisible import shows_nothing

FILES: Final = Path(__file__).parent / "files"
_OWN_IMPORTS: Final = re.compile(r"(?:^from modules\..*\n)+", re.MULTILINE)
_CODE: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class ModuleExists(RuleViolation):
    """A folder of this name is there already; nothing is overwritten."""

    code = "modules.exists"
    message = _("%(folder)s exists already.")


def write_module(code: str, *, name: str, requires: Sequence[str] = (), root: Path = ROOT) -> Path:
    """Write the module into `modules/`, its tests into `tests/modules/`, and return its folder.

    :raises InvalidInput: when the code is not kebab-case or the name does not fit into a line.
    :raises ModuleExists: when one of the folders is there.
    """
    if not _CODE.fullmatch(code):
        raise InvalidInput({"code": [str(_("The code must be kebab-case, such as gift-cards."))]})
    if not name.isprintable() or shows_nothing(name) or set(name) & set('"\\'):
        raise InvalidInput({"name": [str(_("The name must be one line without quotes."))]})
    package = code.replace("-", "_")
    folder, tests = root / "modules" / package, root / "tests" / "modules" / package
    for taken in (folder, tests):
        if taken.exists():
            raise ModuleExists(folder=taken.relative_to(root))
    values = {
        "__CODE__": code,
        "__PACKAGE__": package,
        "__CLASS__": "".join(part.capitalize() for part in code.split("-")),
        "__NAME__": name,
        "__REQUIRES__": "".join(f'"{required}", ' for required in requires).removesuffix(" "),
    }
    for template in sorted(FILES.rglob("*.txt")):
        inside = Path(_fill(str(template.relative_to(FILES)).removesuffix(".txt"), values))
        target = tests / inside.relative_to("tests") if inside.parts[0] == "tests" else folder / inside
        target.parent.mkdir(parents=True, exist_ok=True)
        text = _fill(template.read_text(encoding="utf-8"), values)
        target.write_text(_sort_imports(text) if target.suffix == ".py" else text, encoding="utf-8")
    return folder


def _sort_imports(text: str) -> str:
    """Put the lines `from modules.…` in their order, which depends on the name of the new module."""
    return _OWN_IMPORTS.sub(lambda block: "".join(sorted(block[0].splitlines(keepends=True))), text)


def _fill(text: str, values: dict[str, str]) -> str:
    for placeholder, value in values.items():
        text = text.replace(placeholder, value)
    return text
