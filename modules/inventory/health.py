"""Whether levels are what the ledger says."""

from typing import Any

from modules.inventory.services import ledger_service
from wizamart.database import unit_of_work
from wizamart.platforms import across_tenants


def check() -> dict[str, Any]:
    """Compare the levels that moved last with the sums of their movements and reservations."""
    with (
        unit_of_work(read_only=True) as session,
        across_tenants(session, "health of the stock ledger", is_routine=True),
    ):
        drifts = ledger_service.verify_ledger(session, recent_only=True)
    if drifts:
        return {"status": "degraded", "message": f"{len(drifts)} stock levels disagree with the ledger"}
    return {"status": "healthy"}
