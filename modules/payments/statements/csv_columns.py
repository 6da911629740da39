"""Which column of a bank's CSV means what: headings in English, French and German, as banks write them."""

import enum
from collections.abc import Mapping, Sequence
from typing import Final

from wizamart.i18n import LazyText, lazy_pgettext


class Role(enum.StrEnum):
    """What a column can hold."""

    BOOKED_ON = "booked_on"
    VALUE_ON = "value_on"
    AMOUNT = "amount"
    CREDIT = "credit"
    DEBIT = "debit"
    DIRECTION = "direction"
    CURRENCY = "currency"
    NAME = "name"
    IBAN = "iban"
    BIC = "bic"
    TEXT = "text"
    REFERENCE = "reference"
    BANK_REFERENCE = "bank_reference"
    OWN_IBAN = "own_iban"

    @property
    def label(self) -> LazyText:
        """What it holds, in words."""
        return _LABELS[self]


_LABELS: Final = {
    Role.BOOKED_ON: lazy_pgettext("bank statement", "Booked on"),
    Role.VALUE_ON: lazy_pgettext("bank statement", "Value date"),
    Role.AMOUNT: lazy_pgettext("bank statement", "Amount with sign"),
    Role.CREDIT: lazy_pgettext("bank statement", "Amount received"),
    Role.DEBIT: lazy_pgettext("bank statement", "Amount paid out"),
    Role.DIRECTION: lazy_pgettext("bank statement", "In or out"),
    Role.CURRENCY: lazy_pgettext("bank statement", "Currency"),
    Role.NAME: lazy_pgettext("bank statement", "Name of the other side"),
    Role.IBAN: lazy_pgettext("bank statement", "IBAN of the other side"),
    Role.BIC: lazy_pgettext("bank statement", "BIC of the other side"),
    Role.TEXT: lazy_pgettext("bank statement", "Text"),
    Role.REFERENCE: lazy_pgettext("bank statement", "Reference"),
    Role.BANK_REFERENCE: lazy_pgettext("bank statement", "Bank's reference"),
    Role.OWN_IBAN: lazy_pgettext("bank statement", "Own account"),
}

HEADINGS: Final[Mapping[Role, str]] = {
    Role.BOOKED_ON: (
        "booking date; posting date; transaction date; date booked; date; completed date; "
        "buchungstag; buchungsdatum; buchung; datum; abschlussdatum; date comptable; "
        "date de comptabilisation; date d'opération; date opération; date operation; "
        "date de l'opération; date de transaction; date d'exécution; date de comptabilité"
    ),
    Role.VALUE_ON: (
        "value date; valuta; valutadatum; wertstellung; wertstellungsdatum; date valeur; date de valeur"
    ),
    Role.AMOUNT: (
        "amount; transaction amount; amount (eur); amount in eur; betrag; umsatz; betrag (eur); "
        "betrag (€); betrag in eur; umsatz in eur; montant; montant (eur); montant en eur; "
        "montant (€); montant en euros; montant de l'opération; montant de la transaction"
    ),
    Role.CREDIT: (
        "credit; credit amount; paid in; money in; deposit; gutschrift; haben; "
        "gutschriftsbetrag; einzahlung; eingang; crédit; credit (eur); montant au crédit; "
        "crédit (eur); crédit euros"
    ),
    Role.DEBIT: (
        "debit; debit amount; paid out; money out; withdrawal; lastschrift; soll; belastung; "
        "belastungsbetrag; auszahlung; ausgang; débit; debit (eur); montant au débit; "
        "débit (eur); débit euros"
    ),
    Role.DIRECTION: (
        "direction; debit/credit; credit/debit; dr/cr; d/c; soll/haben; s/h; sens; débit/crédit; "
        "umsatzart s/h; af bij"
    ),
    Role.CURRENCY: ("currency; transaction currency; account currency; währung; waehrung; devise; monnaie"),
    Role.NAME: (
        "counterparty; counterparty name; name; payer; payee; payer name; partner name; sender; "
        "beneficiary / remitter; beguenstigter/zahlungspflichtiger; "
        "begünstigter/zahlungspflichtiger; auftraggeber/empfänger; auftraggeber / begünstigter; "
        "auftraggeber/begünstigter; zahlungspflichtige*r; name zahlungsbeteiligter; "
        "zahlungspflichtiger; auftraggeber; gegenpartei; partnername; empfänger; contrepartie; "
        "nom de la contrepartie; nom contrepartie; donneur d'ordre; tiers; bénéficiaire"
    ),
    Role.IBAN: (
        "iban; counterparty iban; counterparty account; account number of counterparty; "
        "partner iban; payer iban; kontonummer/iban; iban zahlungsbeteiligter; "
        "iban des auftraggebers; iban gegenpartei; konto gegenpartei; partner-iban; "
        "kontonummer / iban; compte contrepartie; compte de la contrepartie; iban contrepartie; "
        "iban de la contrepartie; iban du tiers; n° de compte contrepartie"
    ),
    Role.BIC: (
        "bic; swift; bic/swift; bic (swift-code); swift-code; partner bic; bic contrepartie; "
        "bic de la contrepartie; bic zahlungsbeteiligter"
    ),
    Role.TEXT: (
        "description; details; transaction details; remittance information; remittance info; "
        "message; memo; narrative; communication; payment details; verwendungszweck; "
        "buchungstext; vorgang/verwendungszweck; mitteilung; buchungsinformation; zahlungsgrund; "
        "text; libellé; libelle; détails; motif; communication libre; communication 1; "
        "communication 2; communication 3; libellé de l'opération; description de l'opération; "
        "informations complémentaires"
    ),
    Role.REFERENCE: (
        "reference; payment reference; customer reference; structured communication; "
        "end-to-end id; end to end id; kundenreferenz (end-to-end); kundenreferenz; "
        "zahlungsreferenz; referenz; structured reference; creditor reference; "
        "communication structurée; référence; référence client; référence de paiement; "
        "référence structurée"
    ),
    Role.BANK_REFERENCE: (
        "transaction id; bank reference; transaction reference; reference number; bankreferenz; "
        "sammlerreferenz; transaktions-id; buchungsreferenz; vorgangsnummer; référence banque; "
        "référence bancaire; numéro de transaction; n° de transaction; numéro d'opération; "
        "référence de l'opération"
    ),
    Role.OWN_IBAN: (
        "own account; account; account iban; own iban; auftragskonto; iban auftragskonto; konto; "
        "eigenes konto; iban kontoinhaber; bezeichnung auftragskonto; compte; numéro de compte; "
        "n° compte; compte donneur d'ordre"
    ),
}
KNOWN: Final[Mapping[str, Role]] = {
    name: role for role, names in HEADINGS.items() for name in names.split("; ")
}
KNOWN_NAMES: Final = frozenset(KNOWN)
Columns = Mapping[str, Role]


def guess(headings: Sequence[str]) -> dict[str, Role]:
    """Return what each heading means, as far as it is known; what can stand once only is given to the first."""
    found: dict[str, Role] = {}
    for heading in headings:
        role = KNOWN.get(heading)
        if role is not None and (role is Role.TEXT or role not in found.values()):
            found[heading] = role
    if Role.AMOUNT in found.values():  # beside one amount, separate columns only say the same again
        found = {name: role for name, role in found.items() if role not in {Role.CREDIT, Role.DEBIT}}
    return found


def missing(columns: Columns) -> list[Role]:
    """Return what has to be there and is not."""
    roles = set(columns.values())
    lacking = [] if Role.BOOKED_ON in roles else [Role.BOOKED_ON]
    return lacking if roles & {Role.AMOUNT, Role.CREDIT, Role.DEBIT} else [*lacking, Role.AMOUNT]
