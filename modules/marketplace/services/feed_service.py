"""Feeds: the vendor's active products as offers in a language, judged, and written as tab-separated text."""

import csv
import html
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import nh3
import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.inventory.schemas.product_text import Wording
from modules.inventory.schemas.states import ProductStatus
from modules.inventory.services import (
    listing_service,
    option_text_service,
    product_service,
    stock_service,
    text_service,
)
from modules.marketplace.models.connection import Connection, FeedText
from modules.marketplace.schemas.offer import Offer, Problem
from modules.marketplace.services import connection_service

BATCH: Final = 200
COLORS: Final = frozenset({"color", "colour", "farbe", "couleur", "faarf"})
SIZES: Final = frozenset({"size", "größe".casefold(), "taille", "gréisst"})


@dataclass(frozen=True, slots=True)
class Addresses:
    """How an offer leads back: to a product's page by its slug, in a language, and to pictures of this site."""

    product: Callable[[str, str], str]
    picture: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Judged:
    """An offer with what is wrong with it; one with an error stays out of the feed."""

    product_id: int
    offer: Offer
    problems: list[Problem]

    @property
    def is_offered(self) -> bool:
        """Whether it stands in the feed."""
        return not any(problem.is_error for problem in self.problems)


@dataclass(slots=True)
class Summary:
    """What a feed comes to in one language; `troubled` are the first offers with problems."""

    offered: int = 0
    refused: int = 0
    warned: int = 0
    troubled: list[Judged] = field(default_factory=list)


def judge_all(
    session: Session, connection: Connection, locale: str, addresses: Addresses
) -> Iterator[Judged]:
    """Yield every variant that is on sale in a language; five queries for each two hundred of them.

    The session is scoped to the connection's vendor.
    """
    adapter = connection_service.adapter_of(connection)
    query = listing_service.select_for_export().execution_options(yield_per=BATCH)
    for batch in session.scalars(query).partitions(BATCH):
        variants = [one for one in batch if one.product.status == ProductStatus.ACTIVE]
        yield from _judge(session, connection, adapter, variants, locale, addresses)


def judge_product(
    session: Session, connection: Connection, product_id: int, locale: str, addresses: Addresses
) -> list[Judged]:
    """Return the offers of one product, of a draft too, so that it can be put in order before it is on sale.

    :raises ProductNotFound: when there is no such product in scope.
    """
    product = product_service.get_product(session, product_id)
    adapter = connection_service.adapter_of(connection)
    return list(_judge(session, connection, adapter, product.live_variants, locale, addresses))


def _judge(  # noqa: PLR0917 - the parts of one step
    session: Session, connection: Connection, adapter: Any, variants: Any, locale: str, addresses: Addresses
) -> Iterator[Judged]:
    if not variants:
        return
    available = stock_service.available_of(session, [variant.id for variant in variants])
    texts = _texts_of(session, sorted({variant.product_id for variant in variants}), locale)
    wording = option_text_service.wording_of(session, variants, locale)
    for variant in variants:
        link = addresses.product(variant.product.slug, locale)
        text, options = texts.get(variant.product_id), wording.values(variant)
        offer = _offer(variant, options, connection, text, available[variant.id], link, addresses)
        yield Judged(variant.product_id, offer, adapter.check(offer))


def _offer(  # noqa: PLR0917 - the parts of one step
    variant: Any,
    values: list[str],
    connection: Connection,
    text: FeedText | Wording | None,
    available: int,
    link: str,
    addresses: Addresses,
) -> Offer:
    product = variant.product
    title = text.title if text else product.title
    description = text.description if text and text.description else product.description
    options = {str(name).casefold(): value for name, value in zip(variant.options, values, strict=True)}
    return Offer(
        sku=variant.sku,
        group=str(product.id) if len(product.option_names) else "",
        title=f"{title} – {' / '.join(values)}" if values else title,
        description=plain(description),
        link=link,
        images=tuple(image if "://" in image else addresses.picture(image) for image in product.images),
        price_minor=variant.price_minor,
        currency=product.currency,
        available=available,
        compare_at_minor=variant.compare_at_minor,
        allows_backorder=product.allows_backorder,
        gtin=variant.gtin or "",
        brand=connection.brand,
        category=product.categories[0].full_name if product.categories else "",
        color=next((value for name, value in options.items() if name in COLORS), ""),
        size=next((value for name, value in options.items() if name in SIZES), ""),
        is_translated=text is not None,
    )


def plain(text: str) -> str:
    """Return a description without markup: feeds are plain text."""
    return html.unescape(nh3.clean(text, tags=set())).strip()


def _texts_of(session: Session, product_ids: list[int], locale: str) -> dict[int, FeedText | Wording]:
    """Return the texts written for the feed, and where there is none those of the shop in this language."""
    shown: dict[int, FeedText | Wording] = {**text_service.list_wordings(session, product_ids, locale)}
    query = sa.select(FeedText).where(FeedText.product_id.in_(product_ids), FeedText.locale == locale)
    return shown | {text.product_id: text for text in session.scalars(query)}


def summarise(
    session: Session, connection: Connection, locale: str, addresses: Addresses, *, most: int = 200
) -> Summary:
    """Return what a feed comes to, with the first offers that have problems."""
    summary = Summary()
    for judged in judge_all(session, connection, locale, addresses):
        summary.offered += judged.is_offered
        summary.refused += not judged.is_offered
        summary.warned += judged.is_offered and bool(judged.problems)
        if judged.problems and len(summary.troubled) < most:
            summary.troubled.append(judged)
    summary.troubled.sort(key=lambda judged: judged.is_offered)
    return summary


def write_feed(
    session: Session, connection: Connection, locale: str, addresses: Addresses
) -> Iterator[bytes]:
    """Yield the feed in pieces: a heading, then a line for each offer that is in order."""
    adapter = connection_service.adapter_of(connection)
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, adapter.columns, dialect="excel-tab", lineterminator="\n")
    writer.writeheader()
    for number, judged in enumerate(judge_all(session, connection, locale, addresses), start=1):
        if judged.is_offered:
            writer.writerow(adapter.write(judged.offer))
        if number % BATCH == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()
