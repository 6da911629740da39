"""WooCommerce's headings as a shop in German, French or Dutch exports them, in the words of the English one.

The export writes its headings in the language of the shop. Those of attributes carry a number and are told by shape.
"""

import re
from typing import Final

GERMAN: Final = {
    "typ": "type",
    "artikelnummer": "sku",
    "artikelnummer (sku)": "sku",
    "gtin, upc, ean oder isbn": "gtin, upc, ean, or isbn",
    "veröffentlicht": "published",
    "sichtbarkeit im katalog": "visibility in catalog",
    "kurzbeschreibung": "short description",
    "beschreibung": "description",
    "datum, an dem angebotspreis beginnt": "date sale price starts",
    "datum, an dem angebotspreis endet": "date sale price ends",
    "steuerstatus": "tax status",
    "steuerklasse": "tax class",
    "vorrätig?": "in stock?",
    "auf lager?": "in stock?",
    "lager": "stock",
    "bestand": "stock",
    "geringe lagermenge": "low stock amount",
    "lieferrückstande erlaubt?": "backorders allowed?",
    "lieferrückstände erlaubt?": "backorders allowed?",
    "angebotspreis": "sale price",
    "regulärer preis": "regular price",
    "kategorien": "categories",
    "bilder": "images",
    "übergeordnetes produkt": "parent",
}
FRENCH: Final = {
    "ugs": "sku",
    "nom": "name",
    "publié": "published",
    "visibilité dans le catalogue": "visibility in catalog",
    "description courte": "short description",
    "date de début de promo": "date sale price starts",
    "date de fin de promo": "date sale price ends",
    "état de la tva": "tax status",
    "classe de tva": "tax class",
    "en stock ?": "in stock?",
    "montant de stock faible": "low stock amount",
    "autoriser les commandes de produits en rupture ?": "backorders allowed?",
    "tarif promo": "sale price",
    "tarif régulier": "regular price",
    "prix promo": "sale price",
    "prix régulier": "regular price",
    "catégories": "categories",
}
DUTCH: Final = {
    "naam": "name",
    "gepubliceerd": "published",
    "zichtbaarheid in catalogus": "visibility in catalog",
    "korte beschrijving": "short description",
    "beschrijving": "description",
    "belastingstatus": "tax status",
    "belastingklasse": "tax class",
    "op voorraad?": "in stock?",
    "voorraad": "stock",
    "actieprijs": "sale price",
    "reguliere prijs": "regular price",
    "categorieën": "categories",
    "afbeeldingen": "images",
    "hoofd": "parent",
}
TRANSLATED: Final = {**GERMAN, **FRENCH, **DUTCH}
ATTRIBUTE_NAME: Final = re.compile(
    r"attribu(?:te|t|ut) (\d+) (?:name|nom|naam)|nom de l'attribut (\d+)|naam van attribuut (\d+)"
)
ATTRIBUTE_VALUE: Final = re.compile(
    r"attribu(?:te|t|ut) (\d+) (?:value\(s\)|wert\(e\)|valeur\(s\)|waarde\(n\))"
    r"|valeur\(s\) de l'attribut (\d+)|waarde\(n\) van attribuut (\d+)"
)


def clean(heading: str) -> str:
    """Return the English heading."""
    heading = heading.replace("\u202f", " ")
    for pattern, what in ((ATTRIBUTE_NAME, "name"), (ATTRIBUTE_VALUE, "value(s)")):
        found = pattern.fullmatch(heading)
        if found:
            number = next(group for group in found.groups() if group)
            return f"attribute {number} {what}"
    return TRANSLATED.get(heading, heading)
