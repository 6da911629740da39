"""Which payment an entry pays: pure, by reference and amount. Only what agrees in both is matched without anybody."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from modules.payments.statements import references
from modules.payments.statements.states import Clue
from wizamart.money import Money

LEAST_NUMBER: Final = 5  # shorter order numbers are met in any text by chance
MOST_WORDS: Final = 4
CERTAIN: Final = frozenset({Clue.EXACT, Clue.RETURNED})


@dataclass(frozen=True, slots=True)
class Claim:
    """A payment that is waited for, or was: what was asked for, what came of it and has not gone back."""

    payment_id: int
    order_number: str
    amount: Money
    paid_minor: int = 0
    is_called_off: bool = False

    @property
    def outstanding(self) -> int:
        """What is still to come."""
        return max(0, self.amount.minor - self.paid_minor)

    @property
    def reference(self) -> str:
        """What the customer was asked to write."""
        return references.build(self.payment_id)


@dataclass(frozen=True, slots=True)
class Clues:
    """What an entry tells of the payment."""

    amount: Money
    text: str
    is_return: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """The payment that an entry belongs to, and how far that is sure."""

    payment_id: int
    clue: Clue

    @property
    def is_certain(self) -> bool:
        """Whether nobody has to be asked."""
        return self.clue in CERTAIN


class Claims:
    """What is waited for, to be looked up by reference and by order number."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        self.by_reference: dict[str, Claim] = {}
        self._by_number: dict[str, list[Claim]] = defaultdict(list)
        for claim in claims:
            self.add(claim)

    def add(self, claim: Claim) -> None:
        """Take one more claim, or what has become of one."""
        known = self.by_reference.get(claim.reference)
        self.by_reference[claim.reference] = claim
        number = squeezed(claim.order_number)
        if known is not None:
            self._by_number[squeezed(known.order_number)].remove(known)
        self._by_number[number].append(claim)

    def find(self, clues: Clues) -> Finding | None:
        """Return the payment that the entry belongs to, or may belong to."""
        named = [self.by_reference[text] for text in references.find(clues.text) if text in self.by_reference]
        if clues.amount.minor < 0:
            return _judge_return(clues, named)
        if not named:
            named = self._numbered(clues)
        if not named:
            return self._mistyped(clues)
        if len(named) > 1:
            return _first_agreeing(clues, named) or Finding(named[0].payment_id, Clue.SEVERAL)
        return _judge(clues, named[0])

    def _numbered(self, clues: Clues) -> list[Claim]:
        words = re.findall(r"[0-9A-Z]+", clues.text.upper())
        found: dict[int, Claim] = {}
        for start in range(len(words)):
            for end in range(start + 1, min(start + MOST_WORDS, len(words)) + 1):
                number = "".join(words[start:end])
                if is_telling(number):
                    found |= {claim.payment_id: claim for claim in self._by_number.get(number, ())}
        still_open = [claim for claim in found.values() if claim.outstanding and not claim.is_called_off]
        return still_open or list(found.values())

    def _mistyped(self, clues: Clues) -> Finding | None:
        near = [self.by_reference[text] for text in references.find_near(clues.text, self.by_reference)]
        likely = [
            claim for claim in near if claim.outstanding and claim.amount.currency == clues.amount.currency
        ]
        agreeing = [claim for claim in likely if claim.outstanding == clues.amount.minor]
        chosen = agreeing or likely
        return Finding(chosen[0].payment_id, Clue.MISTYPED) if chosen else None


def squeezed(number: str) -> str:
    """Return an order number as it is compared: capital letters and digits only."""
    return re.sub(r"[^0-9A-Z]", "", number.upper())


def is_telling(number: str) -> bool:
    """Tell whether a number is long enough not to be met by chance."""
    return len(number) >= LEAST_NUMBER and any(character.isdigit() for character in number)


def _judge(clues: Clues, claim: Claim) -> Finding:
    if claim.amount.currency != clues.amount.currency:
        return Finding(claim.payment_id, Clue.OTHER_CURRENCY)
    if not claim.outstanding:
        return Finding(claim.payment_id, Clue.PAID_ALREADY)
    if claim.is_called_off:
        return Finding(claim.payment_id, Clue.CALLED_OFF)
    if clues.amount.minor == claim.outstanding:
        return Finding(claim.payment_id, Clue.EXACT)
    is_less = clues.amount.minor < claim.outstanding
    return Finding(claim.payment_id, Clue.LESS if is_less else Clue.MORE)


def _first_agreeing(clues: Clues, named: Sequence[Claim]) -> Finding | None:
    """Return the only one of several that agrees; two payments with one number and amount are nobody's guess."""
    agreeing = [claim for claim in named if _judge(clues, claim).clue is Clue.EXACT]
    return Finding(agreeing[0].payment_id, Clue.EXACT) if len(agreeing) == 1 else None


def _judge_return(clues: Clues, named: Sequence[Claim]) -> Finding | None:
    """Judge money that went out: it belongs to a payment only where the bank says that it took it back."""
    if not clues.is_return or len(named) != 1 or named[0].amount.currency != clues.amount.currency:
        return None
    is_exact = 0 < -clues.amount.minor <= named[0].paid_minor
    return Finding(named[0].payment_id, Clue.RETURNED if is_exact else Clue.RETURNED_PART)
