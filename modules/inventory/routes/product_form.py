"""The form of a product: its fields, the pictures chosen for it, and the variants that its options make."""

from __future__ import annotations  # so that naming a type of a service does not load it

from typing import Any

from flask import render_template, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from modules.cms.services import media_service
from modules.inventory.schemas import product as product_forms, tax_class as tax_classes
from modules.inventory.schemas.picture import is_kept
from modules.inventory.services import category_service, product_service, stock_service, variant_service
from wizamart import clock
from wizamart.exceptions import InvalidInput
from wizamart.i18n import gettext as _, ngettext
from wizamart.platform_context import current_platform, current_vendor
from wizamart.web.forms import SchemaForm

BLANK_ROWS = 1
MORE_ROWS = 5


def empty_form(session: Session) -> SchemaForm[product_forms.ProductForm]:
    """Return the form of a product that does not exist yet."""
    return SchemaForm(product_forms.ProductForm, values={"variants": []}, **_options(session, None))


def form_of(session: Session, product: Any) -> SchemaForm[product_forms.ProductForm]:
    """Return the form filled with a product."""
    return SchemaForm(
        product_forms.ProductForm, values=product_service.form_of(product), **_options(session, product)
    )


def sent_form(session: Session, product: Any = None) -> SchemaForm[product_forms.ProductForm]:
    """Return the form as it was sent: pictures of the library are put before those on other sites."""
    data = MultiDict(request.form.items(multi=True))
    names = [option.name for option in variant_service.parse_options(request.form.get("options", ""))]
    data.setlist("option_names", ["\n".join(names)])
    elsewhere = [line for line in request.form.get("images", "").split() if not is_kept(line)]
    kept = [media.path() for media in _chosen_media(session, product)]
    data.setlist("images", ["\n".join([*kept, *elsewhere])])
    return SchemaForm(product_forms.ProductForm, data, **_options(session, product))


def _chosen_media(session: Session, product: Any) -> list[Any]:
    """Return the pictures of the library that the form shows: those sent, or else the product's."""
    if request.method == "POST":
        ids = media_service.parse_ids("\n".join(request.form.getlist("media_ids")))
        return media_service.list_by_ids(session, ids, vendor_id=current_vendor.id)
    return [picture.media for picture in product.pictures if picture.media] if product else []


def _options(session: Session, product: Any) -> dict[str, Any]:
    config = stock_service.get_config(session, current_platform.id)
    categories = category_service.list_categories(session)
    return {
        "choices": {
            "category_ids": [(category.id, category.full_name) for category in categories],
            "tax_class": [(code, _tax_label(config, code)) for code in config.tax_classes],
        },
        "currency": product.currency if product else current_platform.currency,
    }


def _tax_label(config: Any, code: str) -> str:
    """Return a tax class with its rate of today."""
    rate = config.rate_of(code, on=clock.now().date())
    return f"{tax_classes.name_of_tax_class(code)} ({rate.normalize():f} %)"


def wants_variants(form: SchemaForm[product_forms.ProductForm]) -> bool:
    """Tell whether variants are to be made before anything is saved: it was asked for, or a value has none."""
    if "generate" in request.form:
        return True
    options = variant_service.parse_options(request.form.get("options", ""))
    sent = {name: text for name, text in request.form.items() if name.startswith("variants.")}
    numbers = {name.split(".")[1] for name in sent}
    rows = [
        {f"option{place}": sent.get(f"variants.{number}.option{place}", "") for place in (1, 2, 3)}
        for number in numbers
    ]
    return bool(form.data.get("variants")) and bool(variant_service.missing_values(options, rows))


def with_variants(
    session: Session, form: SchemaForm[product_forms.ProductForm], product: Any
) -> tuple[SchemaForm[product_forms.ProductForm], str]:
    """Return the form with a row for every combination of values, and what was done in words."""
    before = list(form.data.get("variants") or ())
    options = variant_service.parse_options(request.form.get("options", ""))
    try:
        rows = variant_service.plan_rows(options, before, title=str(form.data.get("title") or ""))
    except InvalidInput as error:
        form.add_errors(error.errors)
        return form, ""
    made = SchemaForm(
        product_forms.ProductForm, values={**form.data, "variants": rows}, **_options(session, product)
    )
    count = max(len(rows) - len(before), 0)
    told = ngettext("%(num)d variant was added.", "%(num)d variants were added.", count)
    return made, told + " " + _("Check numbers and prices, then save.")


def page(
    session: Session, form: SchemaForm[product_forms.ProductForm], product: Any, *, notice: str = ""
) -> str:
    """Render the form; `version` is what the next save is compared with."""
    written = form.data.get("variants") or ()
    blank = MORE_ROWS if "more" in request.form else 0 if written else BLANK_ROWS
    names = form.data.get("option_names") or []
    rows = [
        {name: row.get(f"option{place}", "") for place, name in enumerate(names, start=1)} for row in written
    ]
    media = _chosen_media(session, product)
    elsewhere = [address for address in form.data.get("images") or () if not is_kept(address)]
    return render_template(
        "inventory/vendor/product_form.html",
        form=form,
        product=product,
        blank_rows=blank,
        notice=notice,
        media=media,
        elsewhere=elsewhere,
        pictures=[
            *((one.path(), one.name) for one in media),
            *((address, address.rpartition("/")[2] or address) for address in elsewhere),
        ],
        options_text=request.form.get("options") or variant_service.write_options(names, rows),
    )
