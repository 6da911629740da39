"""A file that somebody has uploaded and looks at before importing it: some of its lines are bad."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from modules.inventory.schemas.states import ImportStatus
from modules.inventory.services import (
    import_plan_service,
    import_read_service,
    import_service,
    location_service,
)
from modules.inventory.services.import_plan_service import Terms
from wizamart.platforms import Platform, scoped

LINES: Final = (
    "handle;title;sku;gtin;price;stock;categories",
    "gaardeschéier;Gaardeschéier;GAR-SCH;;24,90;12;Garten",
    "gaardeschlauch;Gaardeschlauch 20 m;GAR-SCHL-20;4006381333931;39,50;8;Garten",
    "geessekännchen;Geessekännchen;GAR-GES;;1.249;5;Garten",
    "rechen;Rechen;GAR-RECH;5,01E+12;18,00;4;Garten",
    "blummendëppen;Blummendëppen;GAR-POT;;;20;Garten",
    "handschong;Gaardenhandschong;GAR-HAND;;9,95;30;Garten",
)


def create(session: Session, *, platform_id: int, vendor_ids: Sequence[int], at: datetime) -> None:
    """Upload the file for each vendor that has imported nothing yet, and judge its lines."""
    platform = session.get(Platform, platform_id)
    terms = Terms(platform.currency if platform else "EUR", may_create_categories=True, at=at)
    for vendor_id in vendor_ids:
        with scoped(session, platform_id, vendor_id):
            if session.scalars(import_service.select_imports().limit(1)).first() is None:
                _upload(session, terms, platform_id=platform_id, vendor_id=vendor_id)


def _upload(session: Session, terms: Terms, *, platform_id: int, vendor_id: int) -> None:
    place = location_service.get_default_location(session, vendor_id=vendor_id, at=terms.at)
    row = import_service.create_import(
        session,
        ["\n".join(LINES).encode()],
        file_name="gaart.csv",
        location_id=place.id,
        platform_id=platform_id,
        vendor_id=vendor_id,
        user_id=None,
        locale="en",
        at=terms.at,
    )
    import_read_service.read_next(session, row, currency=terms.currency, at=terms.at, locale="en")
    session.flush()  # what was read is judged from the table
    after = ""
    while row.status == ImportStatus.READING:
        following = import_plan_service.next_groups(session, row.id, after=after)
        import_plan_service.judge_next(session, row, terms, after=after, locale="en")
        session.flush()  # likewise
        after = list(following)[-1] if following else after
