"""The world that is measured: a migrated database, platforms, people, modules made for the purpose."""

import shutil
import sys
import uuid
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa

import modules
from wizamart import clock
from wizamart.app import Wizamart, create_app
from wizamart.config import Settings
from wizamart.database import db, unit_of_work
from wizamart.module_system import migrations
from wizamart.module_system.models import PlatformModule
from wizamart.module_system.registry import Registry, discover
from wizamart.platforms import Platform
from wizamart.testing.databases import PostgresqlTemplate, SqliteTemplate
from wizamart.testing.factories import Factory

SECRET_KEY = "a-secret-key-for-measuring-and-for-nothing-else"
ROUTES_EACH = 3
PLATFORM = "shop"

_DEFINITION = """\
from wizamart.module_system.definition import FrontendType, MenuItem, ModuleDefinition

DEFINITION = ModuleDefinition(
    code="{code}",
    name="Synthetic {number}",
    permissions=("{code}:thing:read",),
    menu_items={{
        FrontendType.ADMIN: (
            MenuItem(
                id="{code}",
                label="Things {number}",
                endpoint="{package}_admin.thing_0",
                permission="{code}:thing:read",
            ),
        )
    }},
)
"""
_ROUTES = """\
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.mounting import module_blueprint
from wizamart.permissions import requires

bp = module_blueprint("{code}", FrontendType.ADMIN)


@requires("{code}:thing:read")
def show(thing_id: int = 0) -> str:
    return str(thing_id)


bp.add_url_rule("/{code}", "thing_0", show)
for number in range(1, {routes}):
    bp.add_url_rule(f"/{code}/<int:thing_id>/part-{{number}}", f"thing_{{number}}", show)
"""


def make_modules(folder: Path, count: int) -> Registry:
    """Write synthetic modules, let them be found beside the real ones, and return the registry of all."""
    for number in range(count):
        package = f"synthetic_{number:03}"
        names = {
            "code": package.replace("_", "-"),
            "package": package,
            "number": number,
            "routes": ROUTES_EACH,
        }
        routes = folder / package / "routes"
        routes.mkdir(parents=True)
        (folder / package / "__init__.py").touch()
        (folder / package / "definition.py").write_text(_DEFINITION.format(**names))
        (routes / "__init__.py").touch()
        (routes / "admin.py").write_text(_ROUTES.format(**names))
    modules.__path__.append(str(folder))
    sys.path_importer_cache.clear()
    return discover()


def part_of(registry: Registry, *, synthetic: int, real: bool = True) -> Registry:
    """Return a registry with so many of the synthetic modules, and with or without the real ones."""
    chosen = [module for code, module in registry.items() if real and not code.startswith("synthetic")]
    added = [module for code, module in registry.items() if code.startswith("synthetic")]
    return Registry([*chosen, *added[:synthetic]])


@dataclass(frozen=True, slots=True)
class Databases:
    """Makes databases of the measured world below a folder."""

    folder: Path
    template: SqliteTemplate

    @classmethod
    def below(cls, folder: Path) -> "Databases":
        return cls(folder, SqliteTemplate(folder, lambda url: _migrate(settings_for(url, folder))))

    def new(self) -> Settings:
        """Return the settings of an application on a database of its own."""
        file = self.folder / f"{uuid.uuid4().hex}.db"
        shutil.copyfile(self.template.file, file)
        return settings_for(f"sqlite:///{file}", self.folder)


class ServerDatabases:
    """Makes databases of the measured world on a PostgreSQL server, and drops them at the end of its block."""

    def __init__(self, server_url: str, folder: Path) -> None:
        self.folder = folder
        self.template = PostgresqlTemplate(server_url, lambda url: _migrate(settings_for(url, folder)))
        self._copies = ExitStack()

    def new(self) -> Settings:
        """Return the settings of an application on a database of its own."""
        return settings_for(self._copies.enter_context(self.template.copy()), self.folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_reason: object) -> None:
        self._copies.close()
        self.template.close()


def settings_for(url: str, folder: Path) -> Settings:
    return Settings(
        _env_file=None,
        environment="testing",
        secret_key=SECRET_KEY,
        database_url=url,
        embedded_workers=0,
        media_path=folder / "media",
    )


def _migrate(settings: Settings) -> None:
    app = create_app(settings)
    with app.app_context():
        migrations.upgrade()
        db.session.remove()
        db.engine.dispose()


def make_app(settings: Settings, registry: Registry, *, on: Sequence[str]) -> tuple[Wizamart, dict[str, Any]]:
    """Return an application with one platform on which these modules are on, and how its super admin asks."""
    app = create_app(settings, registry=registry)
    factory = Factory(app)
    factory.platform(PLATFORM, modules=on)
    person = factory.user(is_super_admin=True, display_name="Léa Weber")
    client = app.test_client()
    factory.sign_in(client, person)
    cookie = client.get_cookie("wizamart")
    headers = {"Cookie": f"wizamart={cookie.value}", "X-CSRFToken": client.environ_base["HTTP_X_CSRFTOKEN"]}
    return app, {"headers": headers}


def add_platforms(app: Wizamart, count: int) -> None:
    """Add platforms that have the modules of the first one on."""
    with app.app_context(), unit_of_work() as session:
        first = session.scalars(sa.select(Platform).order_by(Platform.id)).first()
        codes = list(
            session.scalars(
                sa.select(PlatformModule.module_code).where(PlatformModule.platform_id == first.id)
            )
        )
        now = clock.now()
        session.execute(
            sa.insert(Platform),
            [{"code": f"shop-{n}", "name": f"Shop {n}", "created_at": now} for n in range(count)],
        )
        ids = session.scalars(sa.select(Platform.id).where(Platform.id != first.id)).all()
        session.execute(
            sa.insert(PlatformModule),
            [
                {"platform_id": one, "module_code": code, "is_enabled": True, "config": {}}
                for one in ids
                for code in codes
            ],
        )
