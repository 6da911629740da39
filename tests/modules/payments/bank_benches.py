"""The other side of a payment at PayPal and by bank transfer, for the contract that holds for every provider."""

from typing import Any, ClassVar

from modules.payments.gateways.interface import Method
from tests.fakes.paypal import CLIENT_ID, CLIENT_SECRET, WEBHOOK_ID, FakePayPal
from tests.modules.payments.benches import Bench, Message
from wizamart import clock


class PayPalBench(Bench):
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

    @property
    def address(self) -> str:
        """Where the local one is."""
        return self.fake.url

    def reset(self) -> None:
        """Forget the last test."""
        self.fake.reset()

    def close(self) -> None:
        """Stop it."""
        self.fake.close()

    def customer_pays(self, payment: Any) -> None:
        """Approve the order on PayPal's page."""
        self.fake.customer_approves(self._order_of(payment))

    def customer_is_declined(self, payment: Any) -> None:
        """Let the order expire."""
        self.fake.order_expires(self._order_of(payment))

    def messages_about(self, payment: Any) -> list[Message]:  # noqa: ARG002 - there is one in each test
        """Sign every event."""
        return self.fake.messages()

    def forged(self, payment: Any) -> list[Message]:  # noqa: ARG002
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

    def count_refunds(self, payment: Any) -> tuple[int, int]:  # noqa: ARG002
        """Count them."""
        refunds = [thing for thing in self.fake.things.values() if thing["_kind"] == "refund"]
        return len(refunds), sum(round(float(one["amount"]["value"]) * 100) for one in refunds)

    @staticmethod
    def _order_of(payment: Any) -> str:
        names = [one.external_id for one in payment.attempts if one.external_id.startswith("order:")]
        return str(names[-1].partition(":")[2])
