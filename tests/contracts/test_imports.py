"""Every module of the tree keeps the law of imports, and every other rule that `wizamart modules check` knows."""

import pytest

from tests.contracts.tree import module_codes
from wizamart.module_system.checks import check_modules
from wizamart.module_system.definition import ModuleDefinition
from wizamart.module_system.import_law import find_strangers
from wizamart.module_system.registry import installed_registry


@pytest.mark.parametrize("code", module_codes())
def test_module_imports_only_what_the_law_allows(code):
    registry = installed_registry()

    strangers = find_strangers(registry[code], registry)

    assert not strangers, "\n".join(strangers)


@pytest.mark.backends("sqlite")
def test_modules_keep_every_rule_of_the_check(app):
    faults = [f"{fault.module_code}: {fault.sentence}" for fault in check_modules(app)]

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("file", "line", "rule"),
    [
        ("services/x_service.py", "from modules.billing.services import y", "does not require billing"),
        ("services/x_service.py", "from modules.payments.models import y", "only services, schemas, events"),
        ("services/x_service.py", "import flask", "know nothing of the web"),
        ("models/x.py", "from modules.planted.services import y", "models import no services"),
        ("routes/admin.py", "from modules.planted.models.x import X", "go through services"),
        ("definition.py", "from modules.planted.models import x", "a definition is data"),
        ("migrations/versions/planted_001_x.py", "from modules.planted.words import f", "its own copy"),
        (
            "services/x_service.py",
            "def f():\n    from modules.billing.services import y",
            "does not require billing",
        ),
    ],
)
def test_a_planted_violation_is_found(tmp_path, monkeypatch, file, line, rule):
    folder = tmp_path / "planted"
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    (folder / file).write_text(line + "\n")
    planted = ModuleDefinition(code="planted", name="Planted", requires=("payments",))
    monkeypatch.setattr(ModuleDefinition, "folder", property(lambda _module: folder))
    registry = installed_registry()
    if "billing" not in registry:
        pytest.fail("the tree's modules are what is imported here")

    class WithPlanted(dict):
        core_codes = registry.core_codes

        def requirements_of(self, code):
            return {"payments"} if code == "planted" else registry.requirements_of(code)

    (fault,) = find_strangers(planted, WithPlanted({**registry, "planted": planted}))

    assert rule in fault


@pytest.mark.own_app
def test_the_check_names_the_module_of_an_address_that_cannot_be_read(app):
    app.add_url_rule("/odd/<int:part", "core_admin.odd", str)

    (fault,) = check_modules(app)

    assert fault.module_code == "core"
    assert "view core_admin.odd has the address '/odd/<int:part'" in fault.sentence
