"""Products and categories in the languages of the platform: written, compared with the original, and read in many.

The columns of products and categories hold the text in the platform's own language, as forms, imports and exports
write and read it. What another language lacks is shown in that.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.inventory.exceptions import TextChangedMeanwhile, TextNotFound
from modules.inventory.models.product import Category, Product
from modules.inventory.models.product_text import CategoryText, ProductText
from modules.inventory.schemas.product_text import CategoryTextForm, ProductTextForm, State, Wording, digest
from modules.inventory.services import product_service

Text = TypeVar("Text", ProductText, CategoryText)
PRODUCT_FIELDS = ("title", "description", "seo_title", "seo_description")
CATEGORY_FIELDS = ("name", "description")


def other_locales(locales: Sequence[str], default_locale: str) -> list[str]:
    """Return the languages that a product may have a text of its own in."""
    return [locale for locale in locales if locale != default_locale]


def check_locale(locale: str, locales: Sequence[str], default_locale: str) -> None:
    """See that a text can be written in a language.

    :raises TextNotFound: when the platform does not offer it, or it is the platform's own.
    """
    if locale not in other_locales(locales, default_locale):
        raise TextNotFound


def find_text(texts: Sequence[Text], locale: str) -> Text | None:
    """Return the text in a language."""
    return next((text for text in texts if text.locale == locale), None)


def digest_of(owner: Product | Category | ProductText | CategoryText | None) -> str:
    """Return what tells this text from any other; empty if there is none."""
    if owner is None:
        return ""
    names = CATEGORY_FIELDS if isinstance(owner, Category | CategoryText) else PRODUCT_FIELDS
    return digest(*(getattr(owner, name) for name in names))


def state_of(owner: Product | Category, locale: str) -> State:
    """Tell how a product or a category stands in a language other than the platform's own."""
    text = find_text(owner.texts, locale)
    if text is None:
        return "missing"
    return "current" if text.source == digest_of(owner) else "outdated"


def states_of(
    owner: Product | Category, locales: Sequence[str], default_locale: str
) -> list[tuple[str, State]]:
    """Return each other language of the platform with how a product or a category stands in it."""
    return [(locale, state_of(owner, locale)) for locale in other_locales(locales, default_locale)]


def set_product_text(
    session: Session,
    product: Product,
    locale: str,
    form: ProductTextForm,
    *,
    at: datetime,
    seen: str | None = None,
) -> None:
    """Write a product's text in a language; one without a title takes it away. `seen` is the digest that was shown.

    :raises TextChangedMeanwhile: when it is not the text any more that was shown.
    :raises TextNotFound: when the product was deleted meanwhile.
    """
    _lock(session, product)
    _refuse_changed(find_text(product.texts, locale), seen)
    write_product_texts(session, product, {locale: form}, at=at)


def write_product_texts(
    session: Session, product: Product, forms: Mapping[str, ProductTextForm], *, at: datetime
) -> None:
    """Write the texts of a product, which this transaction has locked, by language; see `set_product_text`."""
    for locale, form in forms.items():
        text = find_text(product.texts, locale)
        if not form.title:
            product.texts = [one for one in product.texts if one is not text]
            continue
        if text is None:
            text = ProductText(platform_id=product.platform_id, vendor_id=product.vendor_id, locale=locale)
            product.texts.append(text)
        for name in PRODUCT_FIELDS:
            setattr(text, name, getattr(form, name))
        text.source = digest_of(product)
    product.other_titles = " ".join(one.title for one in product.texts)
    product_service.note_change(session, product, at=at)


def set_category_text(
    session: Session, category: Category, locale: str, form: CategoryTextForm, *, seen: str | None = None
) -> None:
    """Write a category's text in a language; one without a name takes it away. `seen` is the digest that was shown.

    :raises TextChangedMeanwhile: when it is not the text any more that was shown.
    :raises TextNotFound: when the category was deleted meanwhile.
    """
    _lock(session, category)
    text = find_text(category.texts, locale)
    _refuse_changed(text, seen)
    if not form.name:
        category.texts = [one for one in category.texts if one is not text]
        return
    if text is None:
        text = CategoryText(platform_id=category.platform_id, locale=locale)
        category.texts.append(text)
    text.name, text.description = form.name, form.description
    text.source = digest_of(category)


def _lock(session: Session, owner: Product | Category) -> None:
    """Let nobody else write its texts before this transaction ends, and see those that others wrote until now.

    :raises TextNotFound: when somebody has deleted the product or category meanwhile.
    """
    session.flush()  # what this transaction has changed is not to be read over
    kind = type(owner)
    current = sa.select(kind).where(kind.id == owner.id).with_for_update()
    if session.scalars(current.execution_options(populate_existing=True)).one_or_none() is None:
        raise TextNotFound
    session.expire(owner, ["texts"])


def _refuse_changed(text: ProductText | CategoryText | None, seen: str | None) -> None:
    if seen is not None and seen != digest_of(text):
        raise TextChangedMeanwhile


def list_wordings(session: Session, product_ids: Sequence[int], locale: str) -> dict[int, Wording]:
    """Return what products say in a language, without those that have no text in it."""
    query = sa.select(ProductText).where(
        ProductText.product_id.in_(list(product_ids)), ProductText.locale == locale
    )
    return {
        text.product_id: Wording(
            text.title, text.description, text.seo_title, text.seo_description, locale, locale
        )
        for text in session.scalars(query)
    }


def list_written_locales(session: Session) -> dict[int, list[str]]:
    """Return the languages that the products in scope have texts in, by product."""
    found: dict[int, list[str]] = {}
    query = sa.select(ProductText.product_id, ProductText.locale).order_by(ProductText.id)
    for product_id, locale in session.execute(query.execution_options(yield_per=1000)):
        found.setdefault(product_id, []).append(locale)
    return found


def is_missing(locale: str) -> sa.ColumnElement[bool]:
    """Return the condition that a product has no text in a language."""
    text = sa.select(sa.literal(1)).where(ProductText.product_id == Product.id, ProductText.locale == locale)
    return ~sa.exists(text.correlate(Product))
