"""Titles and descriptions of products in the languages of the feeds."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.inventory.services import product_service
from modules.marketplace.models.connection import FeedText


def find_text(session: Session, product_id: int, locale: str) -> FeedText | None:
    """Return a product's text in a language."""
    query = sa.select(FeedText).where(FeedText.product_id == product_id, FeedText.locale == locale)
    return session.scalars(query).one_or_none()


def set_text(
    session: Session, product_id: int, locale: str, *, title: str, description: str, at: datetime
) -> FeedText | None:
    """Write a product's text in a language; an empty title takes it away. What holds already writes nothing.

    :raises ProductNotFound: when there is no such product in scope.
    """
    product = product_service.get_product(session, product_id)
    text = find_text(session, product_id, locale)
    if not title.strip():
        if text is not None:
            session.delete(text)
        return None
    if text is None:
        text = FeedText(
            platform_id=product.platform_id, vendor_id=product.vendor_id, product_id=product.id, locale=locale
        )
        session.add(text)
    if (text.title, text.description) != (title.strip(), description):
        text.title, text.description, text.updated_at = title.strip(), description, at
    return text
