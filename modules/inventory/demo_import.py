"""A file that somebody has uploaded and looks at before importing it: some of its lines are bad."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from modules.inventory.services import location_service
from modules.inventory.services.import_service import CATALOGUE_FILES
from wizamart import imports
from wizamart.platforms import scoped

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
    for vendor_id in vendor_ids:
        with scoped(session, platform_id, vendor_id):
            known = imports.select_imports(CATALOGUE_FILES, vendor_id=vendor_id)
            if session.scalars(known.limit(1)).first() is None:
                _upload(session, platform_id=platform_id, vendor_id=vendor_id, at=at)


def _upload(session: Session, *, platform_id: int, vendor_id: int, at: datetime) -> None:
    place = location_service.get_default_location(session, vendor_id=vendor_id, at=at)
    row = imports.create_import(
        session,
        CATALOGUE_FILES,
        ["\n".join(LINES).encode()],
        file_name="gaart.csv",
        platform_id=platform_id,
        vendor_id=vendor_id,
        user_id=None,
        locale="en",
        at=at,
        more={"location_id": place.id},
    )
    imports.work_off(session, CATALOGUE_FILES, row, at=at)
