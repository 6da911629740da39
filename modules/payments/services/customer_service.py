"""Payments and the person who paid: what follows a merge, what stays without the person, what the person is told."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.payments.models.payment import Payment


def follow_merged_customer(session: Session, *, platform_id: int, kept_id: int, gone_id: int) -> None:
    """Let payments belong to the customer who is left."""
    session.execute(
        sa.update(Payment)
        .where(Payment.platform_id == platform_id, Payment.customer_id == gone_id)
        .values(customer_id=kept_id),
        execution_options={"synchronize_session": "fetch"},
    )


def forget_person(session: Session, *, platform_id: int, customer_id: int) -> None:
    """Keep the payments, which the books need, without the person's address."""
    session.execute(
        sa.update(Payment)
        .where(Payment.platform_id == platform_id, Payment.customer_id == customer_id)
        .values(customer_email=""),
        execution_options={"synchronize_session": "fetch"},
    )


def describe_payments(session: Session, customer_id: int) -> list[dict[str, Any]]:
    """Return what is kept of a person's payments, as JSON holds it."""
    query = sa.select(Payment).where(Payment.customer_id == customer_id).order_by(Payment.id)
    return [
        {
            "created_at": payment.created_at.isoformat(),
            "reference": payment.reference,
            "method": payment.method_label or payment.method,
            "amount_minor": payment.amount_minor,
            "currency": payment.currency,
            "status": payment.status,
            "email": payment.customer_email,
        }
        for payment in session.scalars(query)
    ]
