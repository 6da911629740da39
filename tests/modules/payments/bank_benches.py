"""The other side of a payment at PayPal and by bank transfer, for the contract that holds for every provider."""

from datetime import datetime
from typing import Any, ClassVar

from modules.payments.gateways.interface import Method
from modules.payments.services import account_service, statement_service, transfer_service
from modules.payments.statements import references
from tests.fakes.paypal import CLIENT_ID, CLIENT_SECRET, WEBHOOK_ID, FakePayPal
from tests.modules.payments.bank_files import OWN, PAYER, entry, statement
from tests.modules.payments.benches import Bench, LocalBench, Message
from wizamart import clock


class PayPalBench(LocalBench):
    """PayPal: the local one."""

    code = "paypal"
    method = Method.WALLET
    credentials: ClassVar = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "webhook_id": WEBHOOK_ID,
    }

    def __init__(self) -> None:
        self.fake = FakePayPal()

    def customer_pays(self, payment: Any) -> None:
        """Approve the order on PayPal's page."""
        self.fake.customer_approves(self._order_of(payment))

    def customer_is_declined(self, payment: Any) -> None:
        """Let the order expire."""
        self.fake.order_expires(self._order_of(payment))

    def messages_about(self, payment: Any) -> list[Message]:
        """Sign every event."""
        return self.fake.messages()

    def forged(self, payment: Any) -> list[Message]:
        """Sign for another address, and long ago."""
        _headers, body = self.fake.messages()[0]
        long_ago = clock.now().replace(year=clock.now().year - 1)
        return [self.fake.signed(body, webhook_id="WH-OF-ANOTHER"), self.fake.signed(body, at=long_ago)]

    def lose_answers(self, count: int) -> None:
        """Hang up after the work is done; PayPal's client asks once where Stripe's asks twice."""
        for _ in range(max(1, count // 2)):
            self.fake.fail_next("lost", path="/v2/")

    def answer_with(self, *statuses: int) -> None:
        """Answer with faults, one for each time that the client asks."""
        self.fake.fail_next(*dict.fromkeys(statuses), path="/v2/")

    def customer_disputes(self, payment: Any, *, due_at: datetime) -> str:
        """Go to PayPal."""
        return self.fake.customer_disputes(payment.external_id.partition(":")[2], due_at=due_at)

    def dispute_is_looked_at(self, dispute: str) -> None:
        """Let PayPal look at the answer."""
        self.fake.dispute_goes_on(dispute, "UNDER_REVIEW")

    def dispute_ends(self, dispute: str, *, is_won: bool) -> None:
        """Let PayPal decide."""
        self.fake.dispute_goes_on(dispute, "RESOLVED", f"RESOLVED_{'SELLER' if is_won else 'BUYER'}_FAVOUR")

    def count_refunds(self, payment: Any) -> tuple[int, int]:
        """Count them."""
        refunds = [thing for thing in self.fake.things.values() if thing["_kind"] == "refund"]
        return len(refunds), sum(round(float(one["amount"]["value"]) * 100) for one in refunds)

    @staticmethod
    def _order_of(payment: Any) -> str:
        names = [one.external_id for one in payment.attempts if one.external_id.startswith("order:")]
        return str(names[-1].partition(":")[2])


class BankBench(Bench):
    """A bank: what it has to tell stands in statements, which somebody uploads."""

    code = "bank_transfer"
    method = Method.BANK_TRANSFER
    credentials: ClassVar = {"holder": "Shop", "iban": OWN}
    sends_messages = False

    def reset(self) -> None:
        """Begin with an empty account."""
        self.statements = 0

    def customer_pays(self, payment: Any) -> None:
        """Transfer the amount with its reference."""
        amount = f"{payment.amount_minor / 100:.2f}"
        self._upload(entry(amount, ustrd=references.build(payment.id), name="Ada", iban=PAYER))

    def carry_out(self) -> None:
        """Transfer the refunds that are asked for, and see them in the next statement."""
        with self.world.session() as session:
            waiting = transfer_service.list_open(session, vendor_id=None)
        made = [
            entry(f"{one.amount.minor / 100:.2f}", way="DBIT", end_to_end=one.end_to_end_id)
            for one in waiting
        ]
        if made:
            self._upload(*made)

    def count_refunds(self, payment: Any) -> tuple[int, int]:
        """Count what left the account."""
        told = [one for one in payment.entries if one.kind == "refunded"]
        return len(told), sum(one.amount_minor for one in told)

    def _upload(self, *entries: str) -> None:
        self.statements += 1
        content = statement(*entries, identification=f"S-{self.statements}")
        with self.world.session() as session:
            [account] = session.scalars(account_service.build_query(vendor_id=None))
            kept = statement_service.create_statement(
                session, content, account=account, file_name="s.xml", actor_id=1, at=clock.now()
            )
            statement_service.begin(session, kept, actor_id=1, at=clock.now())
