"""Switching modules: the switch itself, the plan that is looked at first, and undo."""

from __future__ import annotations  # so that naming a type of a service does not load it

from typing import Any

from flask import flash, make_response, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup, escape

from modules.core.routes.blueprints import admin as bp
from modules.core.routes.cards import render_card
from modules.core.routes.context import permissions
from modules.core.routes.modules import list_cards
from modules.core.services import activation_service, dependency_picture, overview_service
from wizamart import clock
from wizamart.database import db
from wizamart.i18n import gettext as _
from wizamart.module_system.manager import current_manager
from wizamart.module_system.plan import Plan, StalePlan, StepAction
from wizamart.numbers import whole_number
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.web.access import remount
from wizamart.web.htmx import go_to, is_fragment
from wizamart.web.portal import get_state

HTTP_CONFLICT = 409


@bp.route("/modules/<code>/activation", methods=["PUT", "POST"])
@requires("core:module:update")
def activation_create(code: str) -> Any:
    """Switch a module on; a form without script says by `_method` whether it is meant the other way round."""
    if request.form.get("_method", "").lower() == "delete":
        return _change(activation_service.Change(disable=(code,)))
    return _change(activation_service.Change(enable=(code,)))


@bp.delete("/modules/<code>/activation")
@requires("core:module:update")
def activation_delete(code: str) -> Any:
    """Switch a module off."""
    return _change(activation_service.Change(disable=(code,)))


@bp.post("/modules/operations")
@requires("core:module:update")
def operation_create() -> Any:
    """Carry out a plan that was looked at and confirmed."""
    confirmed = activation_service.Confirmation(
        request.form.get("revision", -1, type=whole_number), tuple(request.form.getlist("step"))
    )
    change = activation_service.Change(
        tuple(request.form.getlist("enable")), tuple(request.form.getlist("disable"))
    )
    return _change(change, confirmed)


@bp.get("/modules/plan")
@requires("core:module:read")
def module_plan() -> Any:
    """Show what a change takes: of named modules, of a selection, or of a preset."""
    selected = tuple(request.args.getlist("selected"))
    action = request.args.get("action")
    change = activation_service.Change(
        (*request.args.getlist("enable"), *(selected if action == "enable" else ())),
        (*request.args.getlist("disable"), *(selected if action == "disable" else ())),
    )
    if preset := request.args.get("preset"):
        change = activation_service.change_to_preset(current_manager().registry, get_state(), preset)
    return _show_plan(_plan(change), change)


@bp.post("/modules/operations/<operation_id>/reversal")
@requires("core:module:update")
def operation_reversal(operation_id: str) -> Any:
    """Undo a whole operation, cascade included."""
    done = activation_service.undo(
        db.session(),
        current_platform.id,
        operation_id,
        permissions=permissions(),
        user_id=current_user.id,
    )
    return _show_result(done)


def _plan(change: activation_service.Change) -> Plan:
    return activation_service.plan_change(
        db.session(), current_platform.id, change, permissions=permissions()
    )


def _change(
    change: activation_service.Change, confirmed: activation_service.Confirmation | None = None
) -> Any:
    """Do what is asked, or show what it takes where somebody has to look first."""
    plan = _plan(change)
    if plan.vetoes or (confirmed is None and activation_service.needs_confirmation(plan)):
        return _show_plan(plan, change)
    try:
        done = activation_service.carry_out(db.session(), plan, confirmed=confirmed, user_id=current_user.id)
    except StalePlan as stale:
        if not stale.plan.is_empty:
            return _show_plan(stale.plan, change, stale)
        done = stale.plan  # a second click, or somebody else: what was asked for holds by now
    return _show_result(done, asked=change.codes)


def _show_plan(plan: Plan, change: activation_service.Change, stale: StalePlan | None = None) -> Any:
    """Answer with the plan, as a dialog where htmx asked and as a page elsewhere."""
    if request.method != "GET" and not is_fragment() and stale is None:
        return go_to(url_for("core_admin.module_plan", enable=change.enable, disable=change.disable))
    registry = current_manager().registry
    changes = {step.code: str(step.action) for step in plan.steps}
    html = render_template(
        "core/admin/_plan_dialog.html" if is_fragment() else "core/admin/module_plan.html",
        plan=plan,
        change=change,
        steps=activation_service.describe_steps(plan),
        keys=[activation_service.step_key(step) for step in plan.steps],
        missing=[registry[code] for code in plan.missing_configuration],
        picture=dependency_picture.draw(registry, get_state().effective, changes),
        stale=str(stale) if stale else "",
    )
    return make_response(html, HTTP_CONFLICT if stale else 200)


def _show_result(done: Plan, asked: tuple[str, ...] = ()) -> Any:
    """Say what was changed, and show it: the cards, the menu, and a toast that can take it back."""
    message = activation_service.summarize(done)
    if not is_fragment():
        flash(_with_undo(message, done.operation_id), "success")
        return go_to(url_for("core_admin.module_list"))
    before = get_state()
    if before.revision != done.revision:  # somebody else was quicker than this request
        before = current_manager().state_of(db.session(), current_platform.id)
    remount(activation_service.state_after(before, done))
    now = clock.now()
    rows = {
        step.code: (step.action is StepAction.ENABLE, now, current_user.display_name) for step in done.steps
    }
    registry = current_manager().registry
    touched = {*rows, *asked}
    for code in rows:
        touched |= registry.requirements_of(code) | registry.dependents_of(code)
    cards = [card for card in list_cards(rows=_rows_around(touched, rows)) if card.code in touched]
    return render_template(
        "core/admin/_operation_result.html",
        cards=[render_card(card, get_state(), is_oob=True) for card in cards],
        counts_on=len(get_state().effective),
        picture=dependency_picture.draw(registry, get_state().effective),
        message=message,
        operation_id=done.operation_id,
    )


def _rows_around(touched: set[str], rows: dict[str, Any]) -> dict[str, Any]:
    """Return who switched what, asking the database only if other cards than those just switched are shown again."""
    if touched <= set(rows):
        return rows
    return {**overview_service.read_rows(db.session(), current_platform.id), **rows}


def _with_undo(message: str, operation_id: str | None) -> str | Markup:
    """Add a link to the place where the change can be taken back, for browsers that run no script."""
    if operation_id is None:
        return message
    url = url_for("core_admin.history_list", operation=operation_id)
    return Markup('{} <a class="text-reset" href="{}">{}</a>').format(escape(message), url, _("Undo"))
