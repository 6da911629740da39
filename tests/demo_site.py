"""The demonstration as a site to walk through: made once per session, copied for whoever changes it."""

import os
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import sqlalchemy as sa
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from wizamart.app import Wizamart
from wizamart.auth.models import User
from wizamart.commands.demo import PASSWORD_VARIABLE, demo
from wizamart.config import Settings
from wizamart.database import db
from wizamart.platforms import Platform
from wizamart.testing.applications import close, make
from wizamart.testing.databases import SqliteTemplate
from wizamart.testing.factories import Factory
from wizamart.testing.plugin import SECRET_KEY, TenantClient
from wizamart.testing.servers import Server, run_server

PASSWORD = "correct horse of the demonstration"
VENDOR = "maison-kirchberg"
ROLES = {
    "super": "super@wizamart.test",
    "owner": "owner@wizamart.test",
    "customer": "customer@wizamart.test",
    "anonymous": None,
}
STARTS = {"super": "/admin/", "owner": f"/vendor/{VENDOR}/", "customer": "/", "anonymous": "/"}
PREFIXES = {"super": ("/admin",), "owner": ("/vendor/",)}
# What these name is another kind of page, not another row of the same.
TELLING = {"code", "gateway_code", "name"}


@dataclass(frozen=True, slots=True)
class Visit:
    """One page as one person got it."""

    role: str
    path: str
    endpoint: str
    status: int
    location: str
    headers: dict[str, str]
    text: str

    @property
    def is_page(self) -> bool:
        """Whether it is a whole HTML document, not a part of one or a file."""
        return self.status == 200 and self.text.lstrip()[:9].lower() == "<!doctype"

    @property
    def is_markup(self) -> bool:
        return self.headers.get("Content-Type", "").startswith("text/html")

    def __str__(self) -> str:
        return f"{self.path} as {self.role}"


class Links(HTMLParser):
    """Collects the addresses a page links to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]


@dataclass
class DemoSite:
    """The demonstration's database with an application on it."""

    url: str
    media: Path
    app: Wizamart
    _visits: list[Visit]

    @property
    def environment(self) -> dict[str, str]:
        """Return what a server process on this database needs to be told."""
        return {
            "WIZAMART_DATABASE_URL": self.url,
            "WIZAMART_SECRET_KEY": SECRET_KEY,
            "WIZAMART_ENVIRONMENT": "testing",
            "WIZAMART_EMBEDDED_WORKERS": "0",
            "WIZAMART_MEDIA_PATH": str(self.media),
        }

    def client(self, role: str) -> TenantClient:
        """Return a client signed in as somebody of the demonstration."""
        self.app.test_client_class = TenantClient
        client = self.app.test_client()
        if email := ROLES[role]:
            with self.app.app_context():
                user = db.session().scalars(sa.select(User).where(User.email == email)).one()
                db.session.remove()
            Factory(self.app).sign_in(client, user)
        return client

    def token(self, role: str) -> str:
        """Return the value of the cookie of a new session."""
        cookie = self.client(role).get_cookie("wizamart")
        assert cookie is not None
        return cookie.value

    def switched_off(self) -> set[str]:
        """Return the modules that are off on the platform that is walked through, as one just written is."""
        with self.app.app_context():
            platform = db.session().scalars(sa.select(Platform).where(Platform.code == "market")).one()
            on = self.app.modules.state_of(db.session(), platform.id).effective
            db.session.remove()
        return set(self.app.modules.registry) - on

    def visits(self) -> list[Visit]:
        """Return one visit of every page that a role can walk to; walked once."""
        if not self._visits:
            self._visits.extend(visit for role in ROLES for visit in self._walk(role))
        return self._visits

    def _walk(self, role: str) -> Iterator[Visit]:
        client = self.client(role)
        seen: set[tuple[str, ...]] = set()
        queue = deque([STARTS[role], *self._plain_addresses(role)])
        while queue:
            path = queue.popleft()
            key = self._key(path)
            if key is None or key in seen:
                continue
            seen.add(key)
            response = client.get(path)
            headers = dict(response.headers)
            is_text = response.mimetype.startswith("text/")
            text = response.get_data(as_text=True) if is_text else ""
            yield Visit(
                role,
                path,
                key[0],
                response.status_code,
                headers.get("Location", ""),
                headers,
                text,
            )
            response.close()
            links = Links()
            links.feed(text if response.mimetype == "text/html" else "")
            for href in [*links.found, headers.get("Location", "")]:
                target = urlsplit(urljoin(path, href))
                if href and not target.netloc and self._is_for(role, target.path):
                    queue.append(target.path + (f"?{target.query}" if target.query else ""))

    def _key(self, path: str) -> tuple[str, ...] | None:
        """Return what makes a page one of its kind; none for another platform's and for files."""
        parts = urlsplit(path)
        try:
            endpoint, values = self.app.url_map.bind("localhost").match(parts.path)
        except (RequestRedirect, HTTPException):
            return None
        if endpoint.startswith(("assets.", "language.")):
            return None
        return (endpoint, *(str(value) for name, value in sorted(values.items()) if name in TELLING))

    def _plain_addresses(self, role: str) -> Iterator[str]:
        """Yield the pages that need nothing to be named, for those who may see them."""
        for rule in self.app.url_map.iter_rules():
            if "GET" not in (rule.methods or ()) or rule.arguments - {"vendor_code"}:
                continue
            path = rule.build({"vendor_code": VENDOR} if "vendor_code" in rule.arguments else {})[1]
            if self._is_for(role, path) and self._key(path):
                yield path

    @staticmethod
    def _is_for(role: str, path: str) -> bool:
        """Tell whether an address belongs to what somebody walks through; each looks at a part."""
        inside = PREFIXES.get(role)
        return path.startswith(inside) if inside else not path.startswith(("/admin", "/vendor/", "/api"))


class DemoTemplate:
    """Makes copies of the demonstration."""

    def __init__(self, folder: Path) -> None:
        self.media = folder / "media"
        self.visits: list[Visit] = []  # the same in every copy, so one walk will do
        self.databases = SqliteTemplate(folder, self._build)

    @contextmanager
    def copy(self) -> Iterator[DemoSite]:
        """Yield a demonstration of its own."""
        with self.databases.copy() as url:
            app = make(self._settings(url))
            yield DemoSite(url, self.media, app, self.visits)
            close(app)

    def _settings(self, url: str) -> Settings:
        return Settings(
            _env_file=None,
            environment="testing",
            secret_key=SECRET_KEY,
            database_url=url,
            embedded_workers=0,
            media_path=self.media,
        )

    def _build(self, url: str) -> None:
        app = make(self._settings(url))
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(PASSWORD_VARIABLE, PASSWORD)
            result = app.test_cli_runner().invoke(demo)
        assert result.exit_code == 0, result.output
        close(app)


@contextmanager
def serve(site: DemoSite) -> Iterator[Server]:
    """Run a server on the site, with the parts of the environment that the site says."""
    leftovers = {name for name in os.environ if name.startswith("WIZAMART_")} - set(site.environment)
    with pytest.MonkeyPatch.context() as patch:
        for name in leftovers:
            patch.delenv(name)
        with run_server(site.environment) as server:
            yield server


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory) -> DemoTemplate:
    """Return the demonstration, made once."""
    return DemoTemplate(tmp_path_factory.mktemp("demonstration"))


@pytest.fixture(scope="session")
def demo_site(demo_template: DemoTemplate) -> Iterator[DemoSite]:
    """Yield the demonstration for those who only look."""
    with demo_template.copy() as site:
        yield site
