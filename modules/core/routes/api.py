"""The JSON API: platforms, modules with configuration and history, jobs; services and permissions of the portal."""

from __future__ import annotations  # so that naming a type of a service does not load it

from flask import Response, current_app, jsonify, request
from flask.globals import request_ctx
from flask_login import current_user

from modules.core.routes.answers import answers, read_body, read_cursor, read_limit
from modules.core.routes.blueprints import api as bp
from modules.core.routes.context import permissions
from modules.core.routes.modules import list_cards
from modules.core.schemas import api as schemas
from modules.core.services import activation_service, api_service, history_service, openapi_service
from wizamart.database import db
from wizamart.exceptions import BadRequest
from wizamart.module_system import config_service
from wizamart.module_system.manager import current_manager
from wizamart.numbers import is_row_number
from wizamart.permissions import public, requires, signed_in
from wizamart.platform_context import current_platform
from wizamart.queue import service as queue_service
from wizamart.web.portal import get_state


@bp.get("/openapi.json")
@public
def openapi() -> Response:
    """Describe the API as it is mounted here."""
    adapter = request_ctx.url_adapter
    rules = adapter.map.iter_rules() if adapter is not None else ()
    server = request.url_root.rstrip("/")
    version = current_manager().registry["core"].version
    document = openapi_service.build_document(
        rules, current_app.view_functions, server=server, version=version
    )
    return jsonify(document)


@bp.get("/platforms")
@signed_in
@answers(lambda: schemas.PlatformList, query=("cursor", "limit"))
def platform_list() -> schemas.PlatformList:
    """List the platforms that you may enter."""
    return api_service.list_platforms(
        db.session(),
        user_id=current_user.id,
        is_super_admin=current_user.is_super_admin,
        after_id=read_cursor() or 0,
        limit=read_limit(),
    )


@bp.get("/modules")
@requires("core:module:read")
@answers(lambda: schemas.ModuleList, tag="revision")
def module_list() -> schemas.ModuleList:
    """List the modules of the platform."""
    return api_service.build_module_list(list_cards(), revision=get_state().revision)


@bp.get("/modules/<code>")
@requires("core:module:read")
@answers(lambda: schemas.ModuleOut)
def module_detail(code: str) -> schemas.ModuleOut:
    """Show one module."""
    current_manager().registry[code]  # refuses an unknown one
    return next(api_service.build_module(card) for card in list_cards() if card.code == code)


@bp.post("/modules/plan")
@requires("core:module:read")
@answers(lambda: schemas.PlanOut, body=lambda: schemas.PlanIn)
def plan_create() -> schemas.PlanOut:
    """Work out what a change takes; nothing is written."""
    wanted = read_body(schemas.PlanIn)
    change = activation_service.Change(tuple(wanted.enable), tuple(wanted.disable))
    plan = activation_service.plan_change(
        db.session(), current_platform.id, change, permissions=permissions()
    )
    return api_service.build_plan(plan)


@bp.put("/modules/<code>/activation")
@requires("core:module:update")
@answers(lambda: schemas.PlanOut)
def activation_create(code: str) -> schemas.PlanOut:
    """Switch a module on, with what it requires."""
    return _switch(activation_service.Change(enable=(code,)))


@bp.delete("/modules/<code>/activation")
@requires("core:module:update")
@answers(lambda: schemas.PlanOut)
def activation_delete(code: str) -> schemas.PlanOut:
    """Switch a module off, with what depends on it."""
    return _switch(activation_service.Change(disable=(code,)))


def _switch(change: activation_service.Change) -> schemas.PlanOut:
    """Carry a change out, if the platform is still at the revision that `If-Match` names."""
    plan = activation_service.plan_change(
        db.session(), current_platform.id, change, permissions=permissions()
    )
    revision = _asked_revision()
    confirmed = None if revision is None else activation_service.Confirmation(revision, ())
    done = activation_service.carry_out(
        db.session(), plan, confirmed=confirmed, user_id=current_user.id, origin="api"
    )
    return api_service.build_plan(done)


def _asked_version() -> str | None:
    """Return what `If-Match` names (RFC 9110, section 13.1.1), None where anything is right."""
    given = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    return None if given in {"", "*"} else given


def _asked_revision() -> int | None:
    given = _asked_version()
    if given is None:
        return None
    if not is_row_number(given):
        raise BadRequest
    return int(given)


@bp.post("/modules/operations/<operation_id>/reversal")
@requires("core:module:update")
@answers(lambda: schemas.PlanOut)
def operation_reversal(operation_id: str) -> schemas.PlanOut:
    """Undo a whole operation."""
    done = activation_service.undo(
        db.session(),
        current_platform.id,
        operation_id,
        permissions=permissions(),
        user_id=current_user.id,
        origin="api",
    )
    return api_service.build_plan(done)


@bp.get("/modules/<code>/configuration")
@requires("core:module:read")
@answers(lambda: schemas.ConfigurationOut, tag="version")
def configuration_detail(code: str) -> schemas.ConfigurationOut:
    """Show a module's configuration."""
    session = db.session()
    config = config_service.get_module_config(session, current_platform.id, code)
    faults = config_service.config_faults(session, current_platform.id, code)
    version = config_service.stored_version(session, current_platform.id, code)
    return api_service.build_configuration(code, config, faults, version=version)


@bp.patch("/modules/<code>/configuration")
@requires("core:module:update")
@answers(lambda: schemas.ConfigurationOut, body=lambda: schemas.ConfigurationIn, tag="version")
def configuration_update(code: str) -> schemas.ConfigurationOut:
    """Change the given keys of a module's configuration, if it is still the version that `If-Match` names."""
    session, platform_id = db.session(), current_platform.id
    config = config_service.set_module_config(
        session,
        platform_id,
        code,
        read_body(schemas.ConfigurationIn).model_dump(),
        current_user.id,
        origin="api",
        version=_asked_version(),
    )
    version = config_service.stored_version(session, platform_id, code)
    return api_service.build_configuration(code, config, [], version=version)


@bp.get("/modules/history")
@requires("core:audit:read")
@answers(lambda: schemas.HistoryPage, query=("cursor", "limit"))
def history_list() -> schemas.HistoryPage:
    """List the changes, the newest first."""
    entries, following = history_service.list_page(
        db.session(),
        current_platform.id,
        before_id=read_cursor(),
        limit=read_limit(),
    )
    return api_service.build_history(entries, following)


@bp.get("/jobs")
@requires("core:job:read")
@answers(lambda: schemas.JobList, query=("cursor", "limit"))
def job_list() -> schemas.JobList:
    """List the platform's tasks, the newest first."""
    limit = read_limit()
    found = queue_service.list_tasks(
        db.session(), platform_id=current_platform.id, before_id=read_cursor(), limit=limit + 1
    )
    return api_service.build_jobs(found, limit=limit)


@bp.get("/jobs/<int:job_id>")
@requires("core:job:read")
@answers(lambda: schemas.JobOut)
def job_detail(job_id: int) -> schemas.JobOut:
    """Show a task and how far it is."""
    return api_service.build_job(
        queue_service.get_task(db.session(), job_id, platform_id=current_platform.id)
    )
