"""The other side of a payment, one bench for each provider: customers, their banks, and what the provider sends.

The contract in `test_contract.py` runs over all of them. A bench says what its provider can do, and how a customer
pays or is declined there; messages are headers and bodies as they would arrive.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from modules.payments.gateways.interface import Method, Notice
from modules.payments.gateways.test_provider import CARDS, build_message
from modules.payments.schemas.ledger import EntryKind
from tests.fakes.stripe import SECRET_KEY, WEBHOOK_SECRET, FakeStripe
from wizamart import clock
from wizamart.money import Money

Message = tuple[dict[str, str], bytes]
ACCEPTED, DECLINED = CARDS[0].number, CARDS[1].number


class Bench:
    """What the contract asks of a bench."""

    code: ClassVar[str]
    method: ClassVar[Method] = Method.CARD
    credentials: ClassVar[Mapping[str, str]] = {}
    declined_source: ClassVar[str] = ""
    accepted_source: ClassVar[str] = ""
    sends_messages: ClassVar[bool] = True
    world: Any = None

    @property
    def address(self) -> str:
        """Where the provider is asked instead; nothing for one that is not on the network."""
        return ""

    def reset(self) -> None:
        """Forget the last test."""

    def close(self) -> None:
        """Stop answering."""

    def customer_pays(self, payment: Any) -> None:
        """Pay at the provider, where the customer was sent."""

    def carry_out(self) -> None:
        """Do what nobody does by being asked, such as a transfer that a person makes."""

    def customer_is_declined(self, payment: Any) -> None:
        """Fail at the provider for good."""

    def messages_about(self, payment: Any) -> list[Message]:
        """Return all that the provider has to tell of a payment so far."""
        raise AssertionError(payment)

    def forged(self, payment: Any) -> list[Message]:
        """Return messages that are not the provider's, or too old to be believed."""
        raise AssertionError(payment)

    def lose_answers(self, count: int) -> None:
        """Do what is asked next, and let the answers get lost on their way."""
        raise AssertionError(count)

    def answer_with(self, *statuses: int) -> None:
        """Answer the next requests so, and do nothing."""
        raise AssertionError(statuses)

    def customer_disputes(self, payment: Any, *, due_at: datetime) -> str:
        """Dispute a whole payment; returns what the dispute is called."""
        raise AssertionError(payment, due_at)

    def dispute_is_looked_at(self, dispute: str) -> None:
        """Look at what the vendor has answered."""
        raise AssertionError(dispute)

    def dispute_ends(self, dispute: str, *, is_won: bool) -> None:
        """Decide for the vendor, or for the customer."""
        raise AssertionError(dispute, is_won)

    def count_refunds(self, payment: Any) -> tuple[int, int]:
        """Return how many refunds the provider has made, and of how much."""
        raise AssertionError(payment)


class TestBench(Bench):
    """The test provider: it is paid by a card's number, and tells of things by messages that we make."""

    __test__ = False

    code = "test"
    credentials: ClassVar = {"api_key": "key", "webhook_secret": "a secret of the test provider"}
    declined_source, accepted_source = DECLINED, ACCEPTED

    def messages_about(self, payment: Any) -> list[Message]:
        """Tell every line of the ledger once more, and a refund that a clerk has made there."""
        told = [
            (entry.external_id, EntryKind(entry.kind), entry.amount_minor)
            for entry in payment.entries
            if entry.kind in {EntryKind.AUTHORIZED, EntryKind.CAPTURED, EntryKind.REFUNDED}
        ]
        return [
            self._message(payment, name, kind, minor)
            for name, kind, minor in [*told, ("tp_by_a_clerk", EntryKind.REFUNDED, 100)]
        ]

    def forged(self, payment: Any) -> list[Message]:
        """Sign with another secret, and long ago."""
        notice = Notice("forged", payment.external_id, EntryKind.REFUNDED, Money(1, payment.currency))
        now, secret = clock.now(), self.credentials["webhook_secret"]
        return [
            build_message("another secret", notice, at=now),
            build_message(secret, notice, at=now.replace(year=now.year - 1)),
        ]

    def _message(self, payment: Any, name: str, kind: EntryKind, minor: int) -> Message:
        notice = Notice(name, payment.external_id, kind, Money(minor, payment.currency))
        return build_message(self.credentials["webhook_secret"], notice, at=clock.now())


class LocalBench(Bench):
    """A provider on the network, with a local one in its place."""

    fake: Any

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


class StripeBench(LocalBench):
    """Stripe: the local one."""

    code = "stripe"
    credentials: ClassVar = {"secret_key": SECRET_KEY, "webhook_secret": WEBHOOK_SECRET}

    def __init__(self) -> None:
        self.fake = FakeStripe()

    def customer_pays(self, payment: Any) -> None:
        """Pay on the Checkout page."""
        self.fake.customer_pays(payment.attempts[-1].external_id)

    def customer_is_declined(self, payment: Any) -> None:
        """Try a card in vain, and let the page expire."""
        session = payment.attempts[-1].external_id
        self.fake.card_is_declined(session)
        self.fake.session_expires(session)

    def messages_about(self, payment: Any) -> list[Message]:
        """Sign every event."""
        return self.fake.messages()

    def forged(self, payment: Any) -> list[Message]:
        """Sign with another secret, and long ago."""
        return [*self.fake.messages(secret="whsec_of_another"), *self.fake.messages(at=1_700_000_000)]

    def lose_answers(self, count: int) -> None:
        """Hang up after the work is done."""
        self.fake.fail_next(*["lost"] * count)

    def answer_with(self, *statuses: int) -> None:
        """Answer with faults."""
        self.fake.fail_next(*statuses)

    def customer_disputes(self, payment: Any, *, due_at: datetime) -> str:
        """Go to the bank."""
        return self.fake.customer_disputes(payment.external_id, due_by=int(due_at.timestamp()))

    def dispute_is_looked_at(self, dispute: str) -> None:
        """Send the proof to the bank."""
        self.fake.dispute_goes_on(dispute, "under_review")

    def dispute_ends(self, dispute: str, *, is_won: bool) -> None:
        """Let the bank decide."""
        self.fake.dispute_goes_on(dispute, "won" if is_won else "lost")

    def count_refunds(self, payment: Any) -> tuple[int, int]:
        """Count them."""
        refunds = [thing for thing in self.fake.things.values() if thing["object"] == "refund"]
        return len(refunds), sum(refund["amount"] for refund in refunds)
