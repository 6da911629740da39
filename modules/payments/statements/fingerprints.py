"""What makes an entry the same entry in another file: of the day and of the month, uploaded again, overlapping."""

import hashlib
from collections import Counter

from modules.payments.statements.records import ParsedEntry


class Fingerprints:
    """Tells the entries of one file apart.

    Two transfers that are alike in everything on one day are two; they are numbered in the order of the file, which
    is the same in every file that holds the whole day.
    """

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def of(self, entry: ParsedEntry) -> str:
        """Return the fingerprint of the next entry of the file."""
        parts = [entry.booked_on.isoformat(), str(entry.amount.minor), entry.amount.currency]
        if entry.bank_reference:
            parts += ["ref", entry.bank_reference, entry.end_to_end_id]
        else:
            parts += ["text", entry.end_to_end_id, entry.iban, entry.name, entry.reference, entry.text]
        plain = "\x1f".join("".join(part.upper().split()) for part in parts)
        number = self._seen[plain]
        self._seen[plain] += 1
        return hashlib.sha256(f"{plain}\x1f{number}".encode()).hexdigest()
