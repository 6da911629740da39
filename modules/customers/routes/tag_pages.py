"""Tags as both portals show them."""

from __future__ import annotations  # so that naming a type of a service does not load it

from typing import Any

from flask import flash

from modules.customers.routes.area import Area
from modules.customers.schemas import customer as customer_forms
from modules.customers.services import tag_service
from wizamart.database import db
from wizamart.i18n import gettext as _, lazy_gettext, ngettext
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to
from wizamart.web.tables import Column, Table


def show_list(area: Area) -> str:
    """Return the tags in use, each with how many customers have it."""
    query = tag_service.build_query(vendor_id=area.vendor_id)
    name, customers, _id = query.selected_columns
    table = Table.from_select(
        db.session(),
        query,
        columns=[
            Column("name", lazy_gettext("Tag"), sort=name),
            Column("customers", lazy_gettext("Customers"), sort=customers, align="end"),
            Column("actions", ""),
        ],
        search=[name],
        default_sort="name",
    )
    return area.render("tag_list.html", table=table)


def show_edit(area: Area, tag_id: int) -> str:
    """Return the form for another name."""
    tag = tag_service.get_name(db.session(), tag_id, vendor_id=area.vendor_id)
    return _edit_page(
        area, tag_id, tag, SchemaForm(customer_forms.TagForm, values={"name": tag}, guarded=True)
    )


def update(area: Area, tag_id: int) -> Any:
    """Rename the tag; where the name is in use, both become one."""
    tag = tag_service.get_name(db.session(), tag_id, vendor_id=area.vendor_id, for_change=True)
    form = SchemaForm.from_request(customer_forms.TagForm, values={"name": tag}, guarded=True)
    if not form.is_valid:
        return _edit_page(area, tag_id, tag, form), 422
    count = tag_service.rename_tag(db.session(), tag, form.value.name, vendor_id=area.vendor_id)
    text = ngettext(
        "One customer now has the tag %(tag)s.",
        "%(num)d customers now have the tag %(tag)s.",
        count,
        tag=form.value.name,
    )
    flash(text, "success")
    return go_to(area.url("tag_list"))


def delete(area: Area, tag_id: int) -> Any:
    """Take the tag off all customers."""
    tag = tag_service.get_name(db.session(), tag_id, vendor_id=area.vendor_id)
    tag_service.delete_tag(db.session(), tag, vendor_id=area.vendor_id)
    flash(_("The tag %(tag)s is gone.", tag=tag), "success")
    return go_to(area.url("tag_list"))


def _edit_page(area: Area, tag_id: int, tag: str, form: SchemaForm[customer_forms.TagForm]) -> str:
    count = tag_service.count_tagged(db.session(), tag, vendor_id=area.vendor_id)
    return area.render("tag_form.html", tag_id=tag_id, tag=tag, count=count, form=form)
