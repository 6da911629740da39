"""Files of translations, as Spree writes them: a record for each product and language."""

from modules.inventory.imports.adapter import CatalogueLine, Context, Format, Row
from modules.inventory.imports.values import read_seo
from wizamart.i18n import gettext as _, gettext_noop
from wizamart.imports import LineRefused

ALIASES = {
    "handle": "slug",
    "url handle": "slug",
    "product_slug": "slug",
    "language": "locale",
    "lang": "locale",
    "title": "name",
    "seo_title": "meta_title",
    "seo title": "meta_title",
    "seo_description": "meta_description",
    "seo description": "meta_description",
}


def read(row: Row, _context: Context) -> CatalogueLine:
    """Read a record: what a product is called in a language."""
    if not row.get("slug"):
        raise LineRefused(_("The line names no product: its slug is empty."))
    if not row.get("locale"):
        raise LineRefused(_("The line names no language."))
    seo_title, seo_description = read_seo(row, "meta_title", "meta_description")
    return CatalogueLine(
        group_key=row["slug"],
        locale=row["locale"],
        title=row.get("name", ""),
        description=row.get("description") or None,
        seo_title=seo_title,
        seo_description=seo_description,
    )


FORMAT = Format(
    code="spree-texts",
    name=gettext_noop("Translations of products"),
    required=frozenset({"slug", "locale", "name"}),
    any_of=frozenset(),
    read=read,
    reads=frozenset({"description", "meta_title", "meta_description"}),
    none_of=frozenset({"sku", "price", "variant price"}),
    aliases=ALIASES,
    is_of_texts=True,
)
