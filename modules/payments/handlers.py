"""What payments do when others tell of theirs."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.customers.events import CustomerChanged, CustomerMerged
from modules.payments.models.payment import Payment
from wizamart.module_system.events import on


@on("customers.customer_merged", mode="in_transaction")
def follow_merged_customer(session: Session, event: CustomerMerged) -> None:
    """Let payments belong to the customer who is left."""
    session.execute(
        sa.update(Payment)
        .where(Payment.platform_id == event.platform_id, Payment.customer_id == event.gone_id)
        .values(customer_id=event.kept_id),
        execution_options={"synchronize_session": "fetch"},
    )


@on("customers.customer_anonymised", mode="in_transaction")
def forget_person(session: Session, event: CustomerChanged) -> None:
    """Keep the payments, which the books need, without the person's address."""
    session.execute(
        sa.update(Payment)
        .where(Payment.platform_id == event.platform_id, Payment.customer_id == event.customer_id)
        .values(customer_email=""),
        execution_options={"synchronize_session": "fetch"},
    )
