"""What all pages of orders share: the frame they stand in, the step that a form asks for, refusals in words."""

from __future__ import annotations  # so that naming a type of a service does not load it

import secrets
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from flask import flash, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from modules.orders.services import step_service
from wizamart import clock
from wizamart.exceptions import InvalidInput, RuleViolation
from wizamart.i18n import gettext as _
from wizamart.numbers import is_row_number
from wizamart.platform_context import current_vendor
from wizamart.web.htmx import go_to

MAX_KEY = 64
MAX_VERSION_DIGITS = 9


def is_admin() -> bool:
    """Tell whether the page is the admins', who see every vendor's orders."""
    return not current_vendor


def as_typed(minor: int, currency: str) -> str:
    """Return an amount as a field shows it for typing: with a point, and the decimals of its currency."""
    precision = get_currency_precision(currency)
    return f"{Decimal(minor).scaleb(-precision):.{precision}f}"


def page(template: str, **context: Any) -> str:
    """Render a page in the frame of its frontend, with a key that makes its forms harmless when sent twice."""
    layout = "layouts/admin.html" if is_admin() else "layouts/vendor.html"
    return render_template(
        f"orders/{template}",
        layout=layout,
        is_admin=is_admin(),
        form_key=secrets.token_urlsafe(16),
        **context,
    )


def sent_key() -> str:
    """Return the key of the form that was sent; one without a key is a form of its own."""
    return request.form.get("form_key", "")[:MAX_KEY] or secrets.token_urlsafe(16)


def sent_step() -> step_service.Step:
    """Return who does something now, by which form, looking at which version."""
    version = request.form.get("version", "")
    is_number = version.isascii() and version.isdigit() and len(version) <= MAX_VERSION_DIGITS
    return step_service.Step(clock.now(), current_user.id, sent_key(), int(version) if is_number else None)


def attempt(session: Session, act: Callable[[], object]) -> RuleViolation | InvalidInput | None:
    """Do something whole or not at all, and return the refusal if it was refused."""
    try:
        with session.begin_nested():
            act()
    except (RuleViolation, InvalidInput) as error:
        return error
    return None


def act_and_return(session: Session, order_id: int, act: Callable[[], object], done: str) -> Any:
    """Do something and lead back to the order, which says what was done or why not."""
    error = attempt(session, act)
    flash(*(str(error), "danger") if error else (done, "success"))
    return go_to(url_for(".order_detail", order_id=order_id))


def sent_pieces(prefix: str = "quantity-") -> dict[int, int]:
    """Return the pieces by line that a form names.

    :raises InvalidInput: where something is no whole number.
    """
    pieces, errors = {}, {}
    for name, text in request.form.items():
        line = name.removeprefix(prefix)
        if not name.startswith(prefix) or not is_row_number(line):
            continue
        number = text.strip() or "0"
        if number.isascii() and number.isdigit() and len(number) <= MAX_VERSION_DIGITS:
            pieces[int(line)] = int(number)
        else:
            errors[name] = [_("Enter a whole number.")]
    if errors:
        raise InvalidInput(errors)
    return pieces
