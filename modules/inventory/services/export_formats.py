"""The catalogue in the words of other systems: a product with its variants becomes lines of a file. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from babel.numbers import get_currency_precision

from modules.inventory.imports import google, own
from modules.inventory.models.product import Product, Variant

Line = dict[str, str]
Stock = Mapping[int, int]
GOOGLE_OPTIONS: Final = {
    "color": ("colour", "color", "couleur", "farbe", "faarf"),
    "size": ("size", "taille", "größe", "gréisst"),
    "material": ("material", "matière", "matériau"),
    "pattern": ("pattern", "motif", "muster"),
}


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a file says of a product beside itself: pieces by variant, and the address of its page and its pictures."""

    stock: Stock
    address: str = ""
    pictures: Sequence[str] = ()

    def picture_of(self, product: Product, variant: Variant) -> str:
        """Return the address of a variant's own picture; empty if it has none."""
        return dict(zip(product.images, self.pictures, strict=True)).get(variant.image, "")


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A kind of file that can be written; `read_as` are the formats of imports that say the same, its own first."""

    code: str
    name: str
    columns: tuple[str, ...]
    write: Callable[[Product, Sequence[Variant], Shelf], Iterator[Line]]
    read_as: tuple[str, ...]
    delimiter: str = ","
    is_for_active: bool = False


def amount_of(minor: int | None, currency: str) -> str:
    """Return an amount with a decimal point and as many digits as the currency has."""
    precision = get_currency_precision(currency)
    return "" if minor is None else f"{Decimal(minor).scaleb(-precision):.{precision}f}"


def _before(variant: Variant, currency: str) -> str:
    """Return the price before, if it was a higher one; for other systems a lower one is none."""
    is_reduced = variant.compare_at_minor is not None and variant.compare_at_minor > variant.price_minor
    return amount_of(variant.compare_at_minor, currency) if is_reduced else ""


def _values(product: Product, variant: Variant) -> list[tuple[str, str]]:
    return [(name, str(variant.options.get(name, ""))) for name in product.option_names]


def _own(product: Product, variants: Sequence[Variant], shelf: Shelf) -> Iterator[Line]:
    for variant in variants:
        options = enumerate(_values(product, variant), start=1)
        named = {
            f"option{n}_{part}": text
            for n, pair in options
            for part, text in zip(("name", "value"), pair, strict=True)
        }
        pieces = shelf.stock.get(variant.id, 0)
        threshold = variant.low_stock_threshold
        yield (
            dict.fromkeys(own.COLUMNS, "")
            | named
            | {
                "handle": product.handle,
                "title": product.title,
                "description": product.description,
                "status": product.status,
                "categories": own.write_paths(
                    [category.full_name.split(" > ") for category in product.categories]
                ),
                "images": " ".join(product.images),
                "tax_class": product.tax_class,
                "backorders": "1" if product.allows_backorder else "0",
                "sku": variant.sku,
                "variant_image": variant.image,
                "gtin": variant.gtin or "",
                "price": amount_of(variant.price_minor, product.currency),
                "compare_at_price": amount_of(variant.compare_at_minor, product.currency),
                "currency": product.currency,
                "low_stock_threshold": "" if threshold is None else str(threshold),
                "seo_title": product.seo_title,
                "seo_description": product.seo_description,
                # What is owed to customers is no count that could be read back.
                "stock": "" if pieces < 0 else str(pieces),
            }
        )


WOOCOMMERCE: Final = (
    "Type", "SKU", "GTIN, UPC, EAN, or ISBN", "Name", "Published", "Visibility in catalog", "Description",
    "Tax status", "Tax class", "In stock?", "Stock", "Low stock amount", "Backorders allowed?", "Sale price",
    "Regular price", "Categories", "Images", "Parent",
    *(f"Attribute {n} {part}" for n in (1, 2, 3) for part in ("name", "value(s)", "visible", "global")),
)  # fmt: skip
WOOCOMMERCE_TAX: Final = {"standard": "", "reduced": "reduced-rate", "exempt": "zero-rate"}


def _escaped(text: str) -> str:
    return text.replace(",", "\\,")


def _woocommerce(product: Product, variants: Sequence[Variant], shelf: Shelf) -> Iterator[Line]:
    head = dict.fromkeys(WOOCOMMERCE, "") | {
        "Type": "simple",
        "Name": product.title,
        "Published": "1" if product.status == "active" else "-1",
        "Visibility in catalog": "visible",
        "Description": product.description,
        "Tax status": "none" if product.tax_class == "exempt" else "taxable",
        "Tax class": WOOCOMMERCE_TAX.get(product.tax_class, product.tax_class.replace("_", "-")),
        "Backorders allowed?": "1" if product.allows_backorder else "0",
        "Categories": ", ".join(_escaped(category.full_name) for category in product.categories),
        "Images": ", ".join(_escaped(address) for address in shelf.pictures),
    }
    if not product.option_names:
        for variant in variants:
            yield head | _woocommerce_goods(product, variant, shelf)
        return
    chosen = [_values(product, variant) for variant in variants]
    texts = [
        (name, ", ".join(dict.fromkeys(_escaped(values[place][1]) for values in chosen)))
        for place, name in enumerate(product.option_names)
    ]
    yield head | {"Type": "variable", "SKU": product.handle} | _attributes(texts)
    for variant, values in zip(variants, chosen, strict=True):
        told = " - ".join([product.title, ", ".join(text for _name, text in values)])
        line = {"Type": "variation", "Name": told, "Published": head["Published"], "Parent": product.handle}
        backorders = {"Backorders allowed?": head["Backorders allowed?"], "Tax class": "parent"}
        tax = {"Tax status": head["Tax status"]}
        yield (
            dict.fromkeys(WOOCOMMERCE, "")
            | line
            | backorders
            | tax
            | _attributes(values)
            | _woocommerce_goods(product, variant, shelf)
            | {"Images": _escaped(shelf.picture_of(product, variant))}
        )


def _attributes(pairs: Sequence[tuple[str, str]]) -> Line:
    line: Line = {}
    for n, (name, text) in enumerate(pairs, start=1):
        line |= {f"Attribute {n} name": name, f"Attribute {n} value(s)": text}
        line |= {f"Attribute {n} visible": "1", f"Attribute {n} global": "0"}
    return line


def _woocommerce_goods(product: Product, variant: Variant, shelf: Shelf) -> Line:
    pieces = max(shelf.stock.get(variant.id, 0), 0)
    price = amount_of(variant.price_minor, product.currency)
    before = _before(variant, product.currency)
    return {
        "SKU": variant.sku,
        "GTIN, UPC, EAN, or ISBN": variant.gtin or "",
        "In stock?": "1" if pieces or product.allows_backorder else "0",
        "Stock": str(pieces),
        "Low stock amount": str(variant.low_stock_threshold or ""),
        "Sale price": price if before else "",
        "Regular price": before or price,
    }


SHOPIFY: Final = (
    "Title", "URL handle", "Description", "Type", "Published on online store", "Status", "SKU", "Barcode",
    *(f"Option{n} {part}" for n in (1, 2, 3) for part in ("name", "value")),
    "Price", "Compare-at price", "Charge tax", "Inventory tracker", "Inventory quantity",
    "Continue selling when out of stock", "Product image URL", "Image position",
    "Variant image URL", "SEO title", "SEO description",
)  # fmt: skip


def _shopify(product: Product, variants: Sequence[Variant], shelf: Shelf) -> Iterator[Line]:
    for place in range(max(len(variants), len(shelf.pictures))):
        line = dict.fromkeys(SHOPIFY, "") | {"URL handle": product.handle}
        if not place:
            line |= {
                "Title": product.title,
                "Description": product.description,
                "Type": product.categories[0].name if product.categories else "",
                "Published on online store": "TRUE" if product.status == "active" else "FALSE",
                "Status": product.status.capitalize(),
                "SEO title": product.seo_title,
                "SEO description": product.seo_description,
            }
        if place < len(shelf.pictures):
            line |= {"Product image URL": shelf.pictures[place], "Image position": str(place + 1)}
        if place < len(variants):
            line |= _shopify_variant(product, variants[place], shelf, is_first=not place)
        yield line


def _shopify_variant(product: Product, variant: Variant, shelf: Shelf, *, is_first: bool) -> Line:
    pairs = _values(product, variant) or [("Title", "Default Title")]
    line = {
        "SKU": variant.sku,
        "Variant image URL": shelf.picture_of(product, variant),
        "Barcode": variant.gtin or "",
        "Price": amount_of(variant.price_minor, product.currency),
        "Compare-at price": amount_of(variant.compare_at_minor, product.currency),
        "Charge tax": "FALSE" if product.tax_class == "exempt" else "TRUE",
        "Inventory tracker": "shopify",
        "Inventory quantity": str(shelf.stock.get(variant.id, 0)),
        "Continue selling when out of stock": "CONTINUE" if product.allows_backorder else "DENY",
    }
    for n, (name, text) in enumerate(pairs, start=1):
        line |= {f"Option{n} name": name if is_first else "", f"Option{n} value": text}
    return line


GOOGLE: Final = (
    "id", "title", "description", "link", "image_link", "additional_image_link", "availability", "price",
    "sale_price", "gtin", "identifier_exists", "item_group_id", "item_group_title", "color", "size", "material",
    "pattern", "variant_option", "product_type", "condition", "quantity",
)  # fmt: skip


def _google(product: Product, variants: Sequence[Variant], shelf: Shelf) -> Iterator[Line]:
    for variant in variants:
        pieces = max(shelf.stock.get(variant.id, 0), 0)
        price = f"{amount_of(variant.price_minor, product.currency)} {product.currency}"
        before = _before(variant, product.currency)
        state = "in_stock" if pieces else "backorder" if product.allows_backorder else "out_of_stock"
        yield (
            dict.fromkeys(GOOGLE, "")
            | _google_options(product, variant)
            | {
                "id": variant.sku,
                "title": variant.title[:150],
                "description": product.description[:5000] or product.title,
                "link": shelf.address,
                "image_link": shelf.pictures[0] if shelf.pictures else "",
                "additional_image_link": ",".join(shelf.pictures[1:11]),
                "availability": state,
                "price": f"{before} {product.currency}" if before else price,
                "sale_price": price if before else "",
                "gtin": variant.gtin or "",
                "identifier_exists": "yes" if variant.gtin else "no",
                "item_group_id": product.handle if product.option_names else "",
                "item_group_title": product.title[:150] if product.option_names else "",
                "product_type": product.categories[0].full_name if product.categories else "",
                "condition": "new",
                "quantity": str(pieces),
            }
        )


def _google_options(product: Product, variant: Variant) -> Line:
    """Return what variants differ in: all of it as Google's variant options, and what has a column there as well."""
    pairs = _values(product, variant)
    line: Line = {"variant_option": google.write_pairs(pairs)} if pairs else {}
    for name, text in pairs:
        known = (heading for heading, words in GOOGLE_OPTIONS.items() if name.casefold() in words)
        heading = next(known, "")
        if heading:
            line[heading] = text
    return line


FORMATS: Final = {
    one.code: one
    for one in (
        ExportFormat("own", "Wizamart", own.COLUMNS, _own, ("own",)),
        ExportFormat("woocommerce", "WooCommerce", WOOCOMMERCE, _woocommerce, ("woocommerce",)),
        ExportFormat("shopify", "Shopify", SHOPIFY, _shopify, ("shopify", "shopify-old")),
        ExportFormat(
            "google",
            "Google Merchant Center",
            GOOGLE,
            _google,
            ("google-merchant",),
            delimiter="\t",
            is_for_active=True,
        ),
    )
}


def find_writer(code: str) -> ExportFormat | None:
    """Return what writes files that say the same as those which an import knows by this code."""
    return next((known for known in FORMATS.values() if code in known.read_as), None)
