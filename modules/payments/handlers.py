"""What payments do when others tell of theirs."""

from sqlalchemy.orm import Session

from modules.customers.events import CustomerChanged, CustomerMerged
from modules.payments.services import customer_service
from wizamart.module_system.events import on


@on("customers.customer_merged", mode="in_transaction")
def follow_merged_customer(session: Session, event: CustomerMerged) -> None:
    """Let payments belong to the customer who is left."""
    customer_service.follow_merged_customer(
        session, platform_id=event.platform_id, kept_id=event.kept_id, gone_id=event.gone_id
    )


@on("customers.customer_anonymised", mode="in_transaction")
def forget_person(session: Session, event: CustomerChanged) -> None:
    """Keep the payments without the person's address."""
    customer_service.forget_person(session, platform_id=event.platform_id, customer_id=event.customer_id)
