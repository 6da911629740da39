"""Who the signed-in person is as a customer of this shop."""

from datetime import datetime
from typing import Any

from flask_login import current_user

from modules.customers.exceptions import CustomerNotFound
from modules.customers.services import customer_service
from wizamart.database import db
from wizamart.platform_context import current_platform


def find_own() -> Any:
    """Return one's own customer, or None before anything was ordered or saved."""
    return customer_service.find_for_user(db.session(), user_id=current_user.id, email=current_user.email)


def get_own() -> Any:
    """Return one's own customer.

    :raises CustomerNotFound: before anything was ordered or saved.
    """
    customer = find_own()
    if customer is None:
        raise CustomerNotFound
    return customer


def ensure_own(*, at: datetime) -> Any:
    """Return one's own customer, made when it is needed first; account and row belong together from then on."""
    customer = find_own() or customer_service.find_or_create_by_email(
        db.session(),
        platform_id=current_platform.id,
        email=current_user.email,
        name=current_user.display_name,
        locale=current_user.locale,
        at=at,
    )
    customer.user_id = current_user.id
    return customer
