"""The composition root: one application, put together in small named steps; no query at start-up."""

import atexit
import functools
from typing import Any

from flask import Flask, Request, request
from flask.typing import ResponseReturnValue
from jinja2 import BaseLoader
from sqlalchemy.engine import Connection, Engine
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import Map, MapAdapter
from werkzeug.wsgi import get_host

import wizamart.housekeeping  # declares the tasks that tidy up
import wizamart.mail  # noqa: F401 - declares the task that sends
from wizamart import database, i18n, logging, observability, queue, secrets
from wizamart.auth import api as auth_api, login, routes as auth_routes
from wizamart.config import ROOT, Settings
from wizamart.database import db, unit_of_work
from wizamart.module_system import delivery, events, migrations
from wizamart.module_system.exceptions import RegistryError
from wizamart.module_system.manager import EXTENSION, ModuleManager
from wizamart.module_system.migration_history import histories_of
from wizamart.module_system.mounting import PatientMap, SharedRule
from wizamart.module_system.registry import Registry, discover
from wizamart.numbers import RowNumberConverter
from wizamart.observability.modules import (
    register_migration_checks,
    register_module_health_checks,
    take_census,
)
from wizamart.platform_context import ENVIRON_KEY, FAULT_KEY, PlatformMiddleware, RequestContext
from wizamart.platforms import Platform, PlatformStatus
from wizamart.web import access, assets, compression, errors, language, security, templating
from wizamart.web.landing import landing_of
from wizamart.web.request import PortalRequest, refuse_null_characters
from wizamart.web.transactions import has_own_transactions

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FIRST_REFUSAL = 400
# Addresses that must answer without asking which platform they are for, even while the database is away.
FRAMEWORK_PATHS = frozenset({"/health", "/metrics"})
FRAMEWORK_FOLDERS = ("/health/", "/assets/")


def is_framework_path(path: str) -> bool:
    """Whether the framework alone answers here."""
    return path in FRAMEWORK_PATHS or path.startswith(FRAMEWORK_FOLDERS)


class Wizamart(Flask):
    """Flask with three changes: URL maps per platform, one transaction per request, templates by module."""

    request_class: type[Request] = PortalRequest
    url_rule_class = SharedRule
    url_map_class = PatientMap
    modules: ModuleManager

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.url_map.converters["int"] = RowNumberConverter
        self.module_templates: dict[str, BaseLoader] = {}

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Bind the request to the map of what is on for its platform."""
        if request is None:
            return super().create_url_adapter(request)
        mounted: Map | None = request.environ.get("wizamart.map")
        if mounted is None and is_framework_path(request.path):
            mounted = self.modules.map_for(frozenset())  # no platform was looked for, so no module answers
        if mounted is None:
            return super().create_url_adapter(request)
        trusted = self.config["TRUSTED_HOSTS"]
        if trusted is not None:
            request.trusted_hosts = trusted
        request.host = get_host(request.environ, request.trusted_hosts)
        return mounted.bind_to_environ(request.environ, server_name=self.config["SERVER_NAME"])

    def dispatch_request(self) -> ResponseReturnValue:
        """Admit the request and run its view in one transaction, committed before the response is sent."""
        if FAULT_KEY in request.environ:
            raise request.environ[FAULT_KEY]
        if request.routing_exception is not None:
            self.raise_routing_exception(request)
        refuse_null_characters(request)
        is_reading = request.method in SAFE_METHODS
        if has_own_transactions(self.view_functions[str(request.endpoint)]):
            with unit_of_work(read_only=is_reading) as session:
                access.admit(session)
            return self.make_response(super().dispatch_request())
        with unit_of_work(read_only=is_reading) as session:
            access.admit(session)
            response = self.make_response(super().dispatch_request())
            if response.status_code >= FIRST_REFUSAL:
                session.rollback()  # a refusal that a view returns undoes as much as one that it raises
            return response

    def create_global_jinja_loader(self) -> BaseLoader:  # type: ignore[override]
        """Find templates in the framework's folder and in the modules' own."""
        return templating.loader(self.module_templates)


def create_app(settings: Settings | None = None, *, registry: Registry | None = None) -> Wizamart:
    """Build the application.

    :raises pydantic.ValidationError: when settings are missing or wrong, all of them listed.
    :raises RegistryError: when modules of the tree break a rule.
    """
    settings = settings or Settings()
    app = Wizamart("wizamart", root_path=str(ROOT), static_folder=None, template_folder=None)
    app.extensions["settings"] = settings
    _configure(app, settings)
    logging.init_app(app, settings)
    secrets.init_app(settings)
    database.init_app(app, database_url=settings.database_url)
    _add_framework_pages(app, settings)
    _add_modules(app, settings, registry or _discover(app))
    _add_languages(app)
    templating.init_app(app)
    errors.init_app(app)
    compression.init_app(app)
    security.init_app(app, is_production=settings.is_production)
    queue.init_app(app, settings)
    _connect_tasks(app)
    _find_platforms(app, settings)
    return app


def _configure(app: Wizamart, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        TESTING=settings.environment == "testing",
        MAX_CONTENT_LENGTH=settings.max_upload_bytes,
        PREFERRED_URL_SCHEME="https" if settings.is_production else "http",
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session does
        PROPAGATE_EXCEPTIONS=False,
    )


def _add_framework_pages(app: Wizamart, settings: Settings) -> None:
    login.init_app(app)
    login.set_landing(app, landing_of)
    app.register_blueprint(auth_routes.bp)
    app.register_blueprint(auth_api.bp)
    language.init_app(app)
    observability.init_app(app, settings)


def _discover(app: Wizamart) -> Registry:
    """Return the installed modules.

    :raises RegistryError: with what is wrong with definitions, and with the code of those that are sound.
    """
    try:
        return discover()
    except RegistryError as refusal:
        try:
            ModuleManager(app, Registry(refusal.sound))
        except RegistryError as more:
            refusal.faults += more.faults
        raise


def _add_modules(app: Wizamart, settings: Settings, registry: Registry) -> None:
    app.modules = ModuleManager(app, registry, blocked=frozenset(settings.blocked_modules))
    app.module_templates.update(app.modules.templates)
    app.extensions[EXTENSION] = app.modules
    migrations.init_app(app, histories_of(app.modules.registry.values()))
    app.url_defaults(access.fill_in_vendor)
    assets.init_app(
        app,
        {
            module.package_name: module.folder / "static"
            for module in app.modules.registry.values()
            if (module.folder / "static").is_dir()
        },
    )
    register_module_health_checks(app)
    register_migration_checks(app)
    observability.set_module_census(app, lambda: take_census(app.modules))


def _add_languages(app: Wizamart) -> None:
    i18n.init_app(app, catalogue_folders=app.modules.catalogue_folders())


def _connect_tasks(app: Wizamart) -> None:
    """Let tasks ask whether their module is on and their platform open, and events reach their handlers."""

    def may_run(platform_id: int, code: str) -> bool:
        session = db.session()
        is_on = code in app.modules.state_of(session, platform_id).effective
        return is_on and session.get_one(Platform, platform_id).status == PlatformStatus.ACTIVE

    queue.set_module_gate(may_run)
    events.set_dispatcher(delivery.dispatch)
    events.module_event_bus.set_gate(delivery.hears)
    delivery.register_handler_tasks([handler for found in app.modules.handlers.values() for handler in found])


def occupy_process(app: Wizamart) -> None:
    """Let what a process has but once be the application's again, after another one was made in it."""
    settings: Settings = app.extensions["settings"]
    logging.configure_as(settings)
    secrets.init_app(settings)
    _connect_tasks(app)


def _find_platforms(app: Wizamart, settings: Settings) -> None:
    """Put the platform's layer around the application, and the proxies' around that."""

    @functools.cache  # an application has one, and a context for asking each time would cost as much as the answer
    def engine() -> Engine:
        with app.app_context():
            return db.engine

    def attach(environ: dict[str, Any], context: RequestContext | None, connection: Connection) -> None:
        if context is None:
            environ["wizamart.map"] = app.modules.map_for(frozenset())
            return
        platform = context.platform
        state = app.modules.states.get(connection, platform.id, platform.revision)
        environ[ENVIRON_KEY] = context
        environ["wizamart.platform"] = platform
        environ["wizamart.state"] = state
        environ["wizamart.map"] = app.modules.map_for(
            state.effective, is_vendor_storefront=context.vendor is not None
        )

    app.wsgi_app = PlatformMiddleware(  # type: ignore[method-assign]
        app.wsgi_app,
        engine,
        attach,
        default_platform=settings.default_platform,
        is_framework_path=is_framework_path,
        may_see_archived=lambda environ: login.is_super_admin_asking(app, environ),
    )
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]


def _stop(app: Wizamart) -> None:
    with app.app_context():
        app.modules.stop()


def start(app: Wizamart) -> None:
    """Run what a serving process needs beyond answering: the modules' start-up hooks and the embedded workers."""
    settings: Settings = app.extensions["settings"]
    with app.app_context():
        app.modules.start()
    atexit.register(_stop, app)
    if settings.redis_url is None and settings.embedded_workers:
        workers = queue.EmbeddedWorkers(app, threads=settings.embedded_workers)
        workers.start()
        app.extensions["embedded_workers"] = workers
        atexit.register(workers.stop)
