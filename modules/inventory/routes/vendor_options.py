"""What the vendor's options and their values are called in the other languages of the platform, on one page."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import flash, render_template, request, url_for

from modules.inventory.exceptions import TextNotFound
from modules.inventory.option_keys import LONGEST_OPTION
from modules.inventory.routes.blueprints import vendor as bp
from modules.inventory.services import option_text_service, text_service
from wizamart.database import db
from wizamart.exceptions import InvalidInput
from wizamart.i18n import gettext as _, language_name, lazy_gettext, ngettext
from wizamart.invisible import shows_nothing
from wizamart.numbers import is_row_number
from wizamart.permissions import requires
from wizamart.platform_context import current_platform, current_vendor
from wizamart.web.htmx import go_to
from wizamart.web.tables import Column, Filter, Table

PER_PAGE = 50


@bp.get("/options")
@requires("inventory:product:read")
def option_text_list() -> str:
    """Show options and values beside what they are called in each language."""
    return _page()


@bp.post("/options")
@requires("inventory:product:update")
def option_text_update() -> Any:
    """Write what was changed on a page of the list, all or nothing."""
    session = db.session()
    changes = option_text_service.keep_known(session, _sent(_locales()), **_owner())
    try:
        count = option_text_service.write(session, changes, **_owner())
    except InvalidInput as refusal:
        return _page({one.place: one.text for one in changes}, refusal.errors), refusal.status
    flash(ngettext("%(num)d text was saved.", "%(num)d texts were saved.", count), "success")
    return go_to(f"{url_for('.option_text_list')}?{request.query_string.decode()}".rstrip("?"))


def _locales() -> list[str]:
    locales = text_service.other_locales(current_platform.locales, current_platform.default_locale)
    if not locales:
        raise TextNotFound
    return locales


def _owner() -> dict[str, int]:
    return {"platform_id": current_platform.id, "vendor_id": current_vendor.id}


def _sent(locales: Sequence[str]) -> Iterator[Any]:
    """Yield the texts of a page; its rows are numbered, as keys may hold any letter."""
    form = request.form
    for number in dict.fromkeys(name.partition(".")[2] for name in form if name.startswith("name.")):
        keys = [form.get(f"{part}.{number}", "") for part in ("name", "value")]
        if not is_row_number(number) or not keys[0] or any(_is_no_key(key) for key in keys):
            continue
        for locale in locales:
            seen = form.get(f"seen.{number}.{locale}")
            text = " ".join(form.get(f"text.{number}.{locale}", "").replace("\x00", "").split())
            if seen is not None:
                shown = "" if shows_nothing(text) else text
                yield option_text_service.Change(keys[0], keys[1], locale, seen, shown)


def _is_no_key(text: str) -> bool:
    return len(text) > LONGEST_OPTION or "\x00" in text


def _page(typed: Mapping[Any, str] | None = None, errors: Mapping[str, Sequence[str]] | None = None) -> str:
    """Render the list; `typed` is what stands in the fields instead of what is stored."""
    session, locales, owner = db.session(), _locales(), _owner()
    table = _table(locales, owner)
    return render_template(
        "inventory/vendor/option_text_list.html",
        table=table,
        languages=locales,
        stored=option_text_service.read_texts(session, table.rows, locales, **owner),
        typed=typed or {},
        errors=errors or {},
        language_name=language_name,
        longest=LONGEST_OPTION,
    )


def _table(locales: Sequence[str], owner: Mapping[str, int]) -> Table:
    statement, words = option_text_service.select_words(**owner)
    missing = [(code, _("No text: %(language)s", language=language_name(code))) for code in locales]
    return Table.from_select(
        db.session(),
        statement,
        columns=[
            Column("option", lazy_gettext("Option"), sort=[words.name_key, words.value_key]),
            *(Column(code, language_name(code)) for code in locales),
        ],
        search=(words.name, words.value),
        filters=[
            Filter(
                "missing",
                lazy_gettext("Any language"),
                lambda locale: option_text_service.is_missing(words, locale, **owner),
                choices=missing,
            )
        ],
        default_sort="option",
        per_page=PER_PAGE,
    )
