"""What a file says of a product that is there, without what its format would say of the product as it stands. Pure.

No format of others can say all that a product holds: Shopify knows one category, Google no tax. What reads in the
file as the product itself would read in that format is no change, however much of the product is missing there.
"""

from collections.abc import Collection, Mapping, Sequence
from urllib.parse import urlsplit

from modules.inventory.imports.adapter import CatalogueLine
from modules.inventory.imports.assembly import DraftProduct, DraftVariant, assemble

# What a line says, and what a row of the product's form calls it.
ROW_VALUES = {
    "price": "price_minor",
    "compare_at": "compare_at_minor",
    "gtin": "gtin",
    "image": "image",
    "low_stock": "low_stock_threshold",
}


def name_own_pictures(draft: DraftProduct, pictures: Collection[str]) -> None:
    """Call the product's own pictures by their addresses here; files for others name them with the host before."""
    own = {address for address in pictures if address.startswith("/")}

    def here(address: str) -> str:
        try:
            path = urlsplit(address).path
        except ValueError:  # the product's form refuses it with the reason
            return address
        return path if path in own else address

    draft.images = list(dict.fromkeys(here(address) for address in draft.images))
    for variant in draft.variants:
        if variant.line.image:
            variant.line.image = here(variant.line.image)


def drop_what_is_so(draft: DraftProduct, told: Sequence[CatalogueLine], *, currency: str) -> None:
    """Take out of a draft what the same format says of the product as it stands: `told`.

    Of lines that the file does not have nothing is concluded.
    """
    named = {variant.line.sku.casefold() for variant in draft.variants}
    lines = [line for line in told if line.is_part or line.sku.casefold() in named]
    pairs = [(number, line.as_values()) for number, line in enumerate(lines)]
    now = assemble(draft.key, pairs, currency=currency)
    _drop_product_values(draft, now)
    as_told = {variant.line.sku.casefold(): variant for variant in now.variants}
    matched = [(variant, as_told.get(variant.line.sku.casefold())) for variant in draft.variants]
    for variant, known in matched:
        if known is not None:
            _keep_row_values(variant, known)
    if draft.option_names == now.option_names and all(
        known is not None and variant.options == known.options for variant, known in matched
    ):
        draft.option_names = []
        for variant in draft.variants:
            variant.options = []


def keep_what_is_there(draft: DraftProduct, known: Mapping[str, object]) -> None:
    """Let a draft only fill what a product lacks; prices and stock are those of the file."""
    draft.title = ""
    draft.values = {name: value for name, value in draft.values.items() if not known[name]}
    draft.categories = None
    if known["images"]:
        draft.images = []


def _drop_product_values(draft: DraftProduct, now: DraftProduct) -> None:
    if draft.title == now.title:
        draft.title = ""
    draft.values = {
        name: value
        for name, value in draft.values.items()
        if name not in now.values or now.values[name] != value
    }
    if draft.categories == now.categories:
        draft.categories = None
    if draft.images == now.images:
        draft.images = []


def _keep_row_values(variant: DraftVariant, known: DraftVariant) -> None:
    variant.kept = frozenset(
        column
        for name, column in ROW_VALUES.items()
        if getattr(variant.line, name) == getattr(known.line, name)
    )
    if variant.line.stock == known.line.stock:
        variant.line.stock = None
