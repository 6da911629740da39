"""Tags as both portals show them."""

from typing import Any

from flask import flash, request

from modules.customers.exceptions import TagNotFound
from modules.customers.routes.area import Area
from modules.customers.schemas.customer import TagForm
from modules.customers.services import tag_service
from wizamart.database import db
from wizamart.i18n import gettext as _, lazy_gettext, ngettext
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to
from wizamart.web.tables import Column, Table


def show_list(area: Area) -> str:
    """Return the tags in use, each with how many customers have it."""
    query = tag_service.build_query(vendor_id=area.vendor_id)
    name, customers = query.selected_columns
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


def show_edit(area: Area) -> str:
    """Return the form for another name."""
    tag = request.args.get("tag", "")
    return _edit_page(area, tag, SchemaForm(TagForm, values={"name": tag}))


def update(area: Area) -> Any:
    """Rename the tag; where the name is in use, both become one."""
    tag = request.form.get("tag", "")
    form = SchemaForm.from_request(TagForm)
    if not form.is_valid:
        return _edit_page(area, tag, form), 422
    count = tag_service.rename_tag(db.session(), tag, form.value.name, vendor_id=area.vendor_id)
    text = ngettext(
        "One customer now has the tag %(tag)s.",
        "%(num)d customers now have the tag %(tag)s.",
        count,
        tag=form.value.name,
    )
    flash(text, "success")
    return go_to(area.url("tag_list"))


def delete(area: Area) -> Any:
    """Take the tag off all customers."""
    tag = request.form.get("tag", "")
    tag_service.delete_tag(db.session(), tag, vendor_id=area.vendor_id)
    flash(_("The tag %(tag)s is gone.", tag=tag), "success")
    return go_to(area.url("tag_list"))


def _edit_page(area: Area, tag: str, form: SchemaForm[TagForm]) -> str:
    count = tag_service.count_tagged(db.session(), tag, vendor_id=area.vendor_id)
    if not count:
        raise TagNotFound
    return area.render("tag_form.html", tag=tag, count=count, form=form)
