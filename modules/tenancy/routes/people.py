"""People: a platform's admins on the admins' portal, a vendor's staff on its own. One set of views serves both."""

from __future__ import annotations  # so that naming a type of a service does not load it

from typing import Any

from flask import flash, render_template, request
from flask_login import current_user

from modules.tenancy import choices
from modules.tenancy.routes.blueprints import admin, vendor
from modules.tenancy.routes.context import (
    Page,
    form_page,
    invitation_link,
    own_url,
    place,
    place_name,
    reach as own_reach,
    save,
)
from modules.tenancy.schemas import person as person_forms
from modules.tenancy.services import account_service, people_service, role_service
from wizamart import clock
from wizamart.auth import links
from wizamart.auth.models import User
from wizamart.database import db, hold_row
from wizamart.feature_gate import limit_of
from wizamart.i18n import current_locale, gettext as _
from wizamart.permissions import requires
from wizamart.web.exports import export_table, is_export
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to
from wizamart.web.portal import current_layout, wants_all_platforms
from wizamart.web.tables import Column, Filter, Table


@admin.get("/people")
@vendor.get("/people")
@requires("tenancy:person:read")
def person_list() -> Page:
    """List the people of the place."""
    session, here, options = db.session(), place(), _table_options()
    all_places = here.vendor_id is None and wants_all_platforms()
    statement = account_service.list_statement() if all_places else people_service.list_statement(here)
    if is_export():
        options["columns"] = tuple(column for column in options["columns"] if column.key != "roles")
        return export_table(session, statement, name="people", **options)
    table = Table.from_select(session, statement, **options)
    ids = [row.id for row in table.rows]
    return render_template(
        "tenancy/person_list.html",
        table=table,
        roles=people_service.roles_by_person(session, here, ids),
        without_place=account_service.list_without_place(session, ids) if all_places else (),
        layout=current_layout(),
        own_url=own_url,
        is_staff=here.vendor_id is not None,
        wants_all=all_places,
        limit=limit_of("staff") if here.vendor_id is not None else None,
    )


def _table_options() -> dict[str, Any]:
    return {
        "columns": (
            Column("display_name", _("Name"), sort=User.display_name),
            Column("email", _("E-mail address"), sort=User.email),
            Column("roles", _("Roles"), value=lambda _row: ""),
            Column("state", _("Status"), value=lambda row: "active" if row.is_active else "deactivated"),
            Column("last_signed_in_at", _("Last sign-in"), sort=User.last_signed_in_at),
        ),
        "search": people_service.SEARCH,
        "filters": (Filter("is_active", _("Active"), User.is_active, kind="bool"),),
        "default_sort": "display_name",
        "carry": ("scope",),
    }


@admin.get("/people/new")
@vendor.get("/people/new")
@requires("tenancy:person:invite")
def person_new() -> Page:
    """Ask whom to invite."""
    values = {"locale": str(current_locale())}
    form = SchemaForm(person_forms.InvitationInput, values=values, choices=invitation_choices(place()))
    return form_page(form, **_invitation_page())


@admin.post("/people")
@vendor.post("/people")
@requires("tenancy:person:invite")
def person_create() -> Page:
    """Invite somebody to the place."""

    def invite(data: person_forms.InvitationInput) -> str:
        send_invitation(place(), data, place_name=place_name(), reach=own_reach())
        return own_url("person_list")

    form = SchemaForm.from_request(person_forms.InvitationInput, choices=invitation_choices(place()))
    return save(form, invite, **_invitation_page())


@admin.get("/people/<int:user_id>")
@vendor.get("/people/<int:user_id>")
@requires("tenancy:person:read")
def person_detail(user_id: int) -> Page:
    """Show a person and their roles in the place; to super admins, in all places."""
    session, here = db.session(), place()
    person = _person(user_id)
    roles = people_service.roles_by_person(session, here, [user_id]).get(user_id, [])
    everywhere = here.vendor_id is None and current_user.is_super_admin
    return render_template(
        "tenancy/person_detail.html",
        person=person,
        roles=roles,
        places=account_service.list_places(session, person) if everywhere else [],
        everywhere=everywhere,
        is_self=person.id == current_user.id,
        is_staff=here.vendor_id is not None,
        layout=current_layout(),
        own_url=own_url,
    )


@admin.get("/people/<int:user_id>/edit")
@vendor.get("/people/<int:user_id>/edit")
@requires("tenancy:person:manage")
def person_edit(user_id: int) -> Page:
    """Show somebody's roles."""
    person = _person(user_id)
    form = SchemaForm(
        person_forms.RolesInput, values=_held(user_id), choices=_role_choices(place()), guarded=True
    )
    return form_page(form, **_roles_page(person))


@admin.post("/people/<int:user_id>")
@vendor.post("/people/<int:user_id>")
@requires("tenancy:person:manage")
def person_update(user_id: int) -> Page:
    """Give somebody exactly these roles."""
    person = _person(user_id)
    hold_row(person)

    def update(data: person_forms.RolesInput) -> str:
        people_service.set_roles(
            db.session(),
            place(),
            person,
            role_ids=data.roles,
            reach=own_reach(),
            actor_id=current_user.id,
            at=clock.now(),
        )
        flash(_("Saved."), "success")
        return own_url("person_detail", user_id=user_id)

    form = SchemaForm.from_request(
        person_forms.RolesInput, values=_held(user_id), choices=_role_choices(place()), guarded=True
    )
    return save(form, update, **_roles_page(person))


@admin.post("/people/<int:user_id>/invitation")
@vendor.post("/people/<int:user_id>/invitation")
@requires("tenancy:person:invite")
def person_invite_again(user_id: int) -> Page:
    """Send the invitation once more."""
    session, here = db.session(), place()
    person = people_service.get_person(session, here, user_id)
    people_service.invite_again(
        session,
        here,
        person,
        place_name=place_name(),
        inviter=current_user,
        invitation_url=invitation_link(),
        at=clock.now(),
    )
    flash(_("The invitation was sent again."), "success")
    return go_to(own_url("person_detail", user_id=user_id))


@admin.post("/people/<int:user_id>/removal")
@vendor.post("/people/<int:user_id>/removal")
@requires("tenancy:person:manage")
def person_delete(user_id: int) -> Page:
    """Take all roles of the place from somebody."""
    session, here = db.session(), place()
    person = people_service.get_person(session, here, user_id)
    people_service.remove(session, here, person, reach=own_reach(), actor_id=current_user.id, at=clock.now())
    flash(_("%(name)s no longer has access.", name=person.display_name), "success")
    return go_to(own_url("person_list"))


@admin.post("/people/<int:user_id>/deactivation")
@requires("tenancy:user:deactivate")
def person_deactivate(user_id: int) -> Page:
    """Keep somebody from signing in anywhere."""
    account_service.deactivate(db.session(), _person(user_id), actor_id=current_user.id, at=clock.now())
    return go_to(own_url("person_detail", user_id=user_id))


@admin.post("/people/<int:user_id>/activation")
@requires("tenancy:user:deactivate")
def person_activate(user_id: int) -> Page:
    """Let somebody sign in again."""
    account_service.activate(db.session(), _person(user_id), actor_id=current_user.id)
    return go_to(own_url("person_detail", user_id=user_id))


@admin.post("/people/<int:user_id>/super-admin")
@requires("tenancy:user:promote")
def person_promote(user_id: int) -> Page:
    """Let somebody run all platforms, or no longer."""
    value = request.form.get("value") == "yes"
    session, person = db.session(), _person(user_id)
    account_service.set_super_admin(session, person, value=value, actor_id=current_user.id)
    return go_to(own_url("person_detail", user_id=user_id))


def invitation_choices(here: role_service.Place) -> dict[str, Any]:
    """Return what the form of an invitation offers."""
    return {"locale": choices.languages(), **_role_choices(here)}


def send_invitation(
    here: role_service.Place, data: person_forms.InvitationInput, *, place_name: str, reach: frozenset[str]
) -> None:
    """Invite somebody and say so; whether they had an account already is not said."""
    people_service.invite(
        db.session(),
        here,
        email=data.email,
        display_name=data.display_name,
        locale=data.locale,
        role_ids=data.roles,
        reach=reach,
        place_name=place_name,
        inviter=current_user,
        invitation_url=invitation_link(),
        sign_in_url=links.link_maker(db.session())("auth.sign_in_page"),
        at=clock.now(),
        limit=limit_of("staff") if here.vendor_id is not None else None,
    )
    flash(_("The invitation to %(email)s was sent.", email=data.email), "success")


def _person(user_id: int) -> User:
    """Return a person of the place; super admins reach everybody who administers something."""
    here = place()
    if here.vendor_id is None and current_user.is_super_admin:
        return account_service.get_admin(db.session(), user_id)
    return people_service.get_person(db.session(), here, user_id)


def _held(user_id: int) -> dict[str, Any]:
    """Return what the form of somebody's roles is filled from."""
    roles = people_service.roles_by_person(db.session(), place(), [user_id]).get(user_id, [])
    return {"roles": [role.id for role in roles]}


def _role_choices(here: role_service.Place) -> dict[str, Any]:
    return {"roles": [(role.id, role.name) for role in role_service.list_roles(db.session(), here)]}


def _crumbs() -> list[tuple[str, str]]:
    label = _("Staff") if place().vendor_id is not None else _("Administrators")
    return [(label, own_url("person_list"))]


def _invitation_page() -> dict[str, Any]:
    return {
        "title": _("Invite somebody to “%(name)s”", name=place_name()),
        "action": own_url("person_create"),
        "submit": _("Send invitation"),
        "cancel": own_url("person_list"),
        "crumbs": _crumbs(),
    }


def _roles_page(person: User) -> dict[str, Any]:
    detail = own_url("person_detail", user_id=person.id)
    return {
        "title": _("Roles of %(name)s", name=person.display_name),
        "action": own_url("person_update", user_id=person.id),
        "cancel": detail,
        "crumbs": [*_crumbs(), (person.display_name, detail)],
    }
