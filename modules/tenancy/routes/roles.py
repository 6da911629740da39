"""Roles and what they allow, on both portals: a platform's for its admins and vendors, a vendor's for its staff."""

from __future__ import annotations  # so that naming a type of a service does not load it

from typing import Any

from flask import flash, render_template, request
from flask_login import current_user

from modules.tenancy.routes.blueprints import admin, vendor
from modules.tenancy.routes.context import Page, own_url, place, reach
from modules.tenancy.schemas import person as person_forms
from modules.tenancy.services import matrix_service, role_service
from wizamart import clock
from wizamart.database import db
from wizamart.exceptions import InvalidInput
from wizamart.feature_gate import requires_feature
from wizamart.i18n import gettext as _
from wizamart.permissions import Role, RoleKind, requires
from wizamart.web.access import current_state
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to
from wizamart.web.portal import current_layout


@admin.get("/roles")
@vendor.get("/roles")
@requires("tenancy:role:read")
def role_list() -> Page:
    """List the roles of the place."""
    session, here = db.session(), place()
    return render_template(
        "tenancy/role_list.html",
        roles=role_service.list_managed_roles(session, here),
        people=role_service.count_people(session, here),
        is_staff=here.vendor_id is not None,
        layout=current_layout(),
        own_url=own_url,
    )


@admin.get("/roles/new")
@vendor.get("/roles/new")
@requires("tenancy:role:manage")
@requires_feature("custom-roles")
def role_new() -> Page:
    """Show the form of a new role."""
    return _page(SchemaForm(person_forms.RoleInput), None, ())


@admin.post("/roles")
@vendor.post("/roles")
@requires("tenancy:role:manage")
@requires_feature("custom-roles")
def role_create() -> Page:
    """Create a role."""
    form, ticked = SchemaForm.from_request(person_forms.RoleInput), request.form.getlist("permissions")
    try:
        role_service.create_role(
            db.session(),
            place(),
            kind=_kind(),
            name=form.validate_or_raise().name,
            permissions=ticked,
            reach=reach(),
            actor_id=current_user.id,
            at=clock.now(),
        )
    except InvalidInput as error:
        return _again(form, error, None, ticked)
    flash(_("The role was created."), "success")
    return go_to(own_url("role_list"))


@admin.get("/roles/<int:role_id>")
@vendor.get("/roles/<int:role_id>")
@requires("tenancy:role:read")
def role_detail(role_id: int) -> Page:
    """Show what a role allows; a form where it may be changed."""
    role = role_service.get_role(db.session(), place(), role_id)
    return _page(SchemaForm(person_forms.RoleInput, obj=role, guarded=True), role, role.permissions)


@admin.post("/roles/<int:role_id>")
@vendor.post("/roles/<int:role_id>")
@requires("tenancy:role:manage")
@requires_feature("custom-roles")
def role_update(role_id: int) -> Page:
    """Change a role."""
    session, here = db.session(), place()
    role = role_service.get_role(session, here, role_id)
    form = SchemaForm.from_request(person_forms.RoleInput, obj=role, guarded=True)
    ticked = request.form.getlist("permissions")
    try:
        role_service.update_role(
            session,
            here,
            role,
            name=form.validate_or_raise().name,
            permissions=ticked,
            reach=reach(),
            actor_id=current_user.id,
            at=clock.now(),
        )
    except InvalidInput as error:
        return _again(form, error, role, ticked)
    flash(_("Saved."), "success")
    return go_to(own_url("role_list"))


@admin.post("/roles/<int:role_id>/removal")
@vendor.post("/roles/<int:role_id>/removal")
@requires("tenancy:role:manage")
def role_delete(role_id: int) -> Page:
    """Delete a role that nobody has."""
    session, here = db.session(), place()
    role = role_service.get_role(session, here, role_id)
    role_service.delete_role(session, here, role, actor_id=current_user.id, at=clock.now())
    flash(_("The role was deleted."), "success")
    return go_to(own_url("role_list"))


def _kind() -> RoleKind:
    """Return for whom a new role is: on the admins' portal the address or the form says it."""
    if place().vendor_id is not None:
        return RoleKind.VENDOR
    return RoleKind.VENDOR if request.values.get("kind") == RoleKind.VENDOR else RoleKind.PLATFORM


def _page(form: SchemaForm[person_forms.RoleInput], role: Role | None, ticked: Any) -> Page:
    here, state, kind = place(), current_state(), RoleKind(role.kind) if role else _kind()
    matrix = matrix_service.build_matrix(
        kind, permissions=ticked, reach=reach(), effective=state.effective if state else frozenset()
    )
    return render_template(
        "tenancy/role_form.html",
        form=form,
        role=role,
        kind=kind,
        matrix=matrix,
        is_editable=role is None or (not role.is_builtin and role.vendor_id == here.vendor_id),
        layout=current_layout(),
        own_url=own_url,
    )


def _again(
    form: SchemaForm[person_forms.RoleInput], error: InvalidInput, role: Role | None, ticked: list[str]
) -> Page:
    """Show the form again, with what was ticked and what is wrong."""
    known = form.errors
    form.add_errors({name: texts for name, texts in error.errors.items() if name not in known})
    return _page(form, role, ticked), 422
