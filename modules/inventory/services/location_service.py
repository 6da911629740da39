"""The places where a vendor's goods lie."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.inventory.exceptions import LocationInUse, LocationNotFound
from modules.inventory.models.stock import Location, Movement
from modules.inventory.schemas.states import LocationKind
from modules.inventory.schemas.stock import LocationForm
from wizamart.exceptions import InvalidInput
from wizamart.i18n import gettext as _


def list_locations(session: Session, *, vendor_id: int | None = None) -> Sequence[Location]:
    """Return the locations in scope, the default one first."""
    query = sa.select(Location).order_by(Location.is_default.desc(), Location.name)
    if vendor_id is not None:
        query = query.where(Location.vendor_id == vendor_id)
    return session.scalars(query).all()


def get_location(session: Session, location_id: int) -> Location:
    """Return a location in scope.

    :raises LocationNotFound: when there is none.
    """
    location = session.scalars(sa.select(Location).where(Location.id == location_id)).one_or_none()
    if location is None:
        raise LocationNotFound
    return location


def get_default_location(session: Session, *, vendor_id: int, at: datetime) -> Location:
    """Return a vendor's default location; the first time it is needed, it is created."""
    known = list_locations(session, vendor_id=vendor_id)
    if known:
        return known[0]
    location = Location(
        vendor_id=vendor_id,
        name=_("Main warehouse"),
        kind=LocationKind.WAREHOUSE,
        country="LU",
        is_default=True,
        created_at=at,
    )
    session.add(location)
    session.flush()  # levels need the id
    return location


def create_location(session: Session, form: LocationForm, *, vendor_id: int, at: datetime) -> Location:
    """Create a location; a vendor's first one is its default.

    :raises InvalidInput: when the vendor has one of this name.
    """
    location = Location(vendor_id=vendor_id, created_at=at, is_default=False)
    is_first = not list_locations(session, vendor_id=vendor_id)
    _fill(session, location, form)
    session.add(location)
    if form.is_default or is_first:
        _make_default(session, location)
    session.flush()  # callers need the id
    return location


def update_location(session: Session, location: Location, form: LocationForm) -> None:
    """Change a location; the default one stays the default until another takes its place.

    :raises InvalidInput: when the vendor has another one of this name.
    """
    _fill(session, location, form)
    if form.is_default:
        _make_default(session, location)


def delete_location(session: Session, location: Location) -> None:
    """Delete a location that nothing ever lay in.

    :raises LocationInUse: when it has movements, or is the default one.
    """
    has_moved = session.scalar(sa.select(sa.exists().where(Movement.location_id == location.id)))
    if has_moved or location.is_default:
        raise LocationInUse
    session.delete(location)


def _fill(session: Session, location: Location, form: LocationForm) -> None:
    with session.no_autoflush:
        twin = session.scalars(
            sa.select(Location).where(Location.vendor_id == location.vendor_id, Location.name == form.name)
        ).first()
    if twin is not None and twin is not location:
        raise InvalidInput({"name": [_("You have a location with this name already.")]})
    for name, value in form.model_dump(exclude={"is_default"}).items():
        setattr(location, name, value)


def _make_default(session: Session, location: Location) -> None:
    for other in list_locations(session, vendor_id=location.vendor_id):
        other.is_default = other is location
    location.is_default = True
