"""WooCommerce's headings as German, French, Dutch, Spanish and Italian shops export them, in the English words.

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
    "übergeordnet": "parent",
}
FRENCH: Final = {
    "ugs": "sku",
    "gtin, upc, ean ou isbn": "gtin, upc, ean, or isbn",
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
    "gtin, upc, ean of isbn": "gtin, upc, ean, or isbn",
    "naam": "name",
    "gepubliceerd": "published",
    "zichtbaarheid in catalogus": "visibility in catalog",
    "korte beschrijving": "short description",
    "beschrijving": "description",
    "startdatum actieprijs": "date sale price starts",
    "einddatum actieprijs": "date sale price ends",
    "belastingstatus": "tax status",
    "belastingklasse": "tax class",
    "op voorraad?": "in stock?",
    "voorraad": "stock",
    "lage voorraad": "low stock amount",
    "nabestellingen toestaan?": "backorders allowed?",
    "actieprijs": "sale price",
    "reguliere prijs": "regular price",
    "categorieën": "categories",
    "afbeeldingen": "images",
    "hoofd": "parent",
}
SPANISH: Final = {
    "tipo": "type",
    "gtin, upc, ean o isbn": "gtin, upc, ean, or isbn",
    "nombre": "name",
    "publicado": "published",
    "visibilidad en el catálogo": "visibility in catalog",
    "descripción corta": "short description",
    "descripción": "description",
    "día en que empieza el precio rebajado": "date sale price starts",
    "día en que termina el precio rebajado": "date sale price ends",
    "estado del impuesto": "tax status",
    "clase de impuesto": "tax class",
    "¿existencias?": "in stock?",
    "¿en inventario?": "in stock?",
    "inventario": "stock",
    "cantidad de bajo inventario": "low stock amount",
    "¿permitir reservas de productos agotados?": "backorders allowed?",
    "precio rebajado": "sale price",
    "precio normal": "regular price",
    "categorías": "categories",
    "imágenes": "images",
    "superior": "parent",
}
ITALIAN: Final = {
    "cod": "sku",
    "gtin, upc, ean, o isbn": "gtin, upc, ean, or isbn",
    "nome": "name",
    "pubblicato": "published",
    "visibilità nel catalogo": "visibility in catalog",
    "breve descrizione": "short description",
    "descrizione": "description",
    "data di inizio del prezzo in offerta": "date sale price starts",
    "data di fine del prezzo in offerta": "date sale price ends",
    "stato delle imposte": "tax status",
    "aliquota di imposta": "tax class",
    "magazzino": "stock",
    "quantità di magazzino bassa": "low stock amount",
    "abilita gli ordini arretrati?": "backorders allowed?",
    "prezzo in offerta": "sale price",
    "prezzo di listino": "regular price",
    "categorie": "categories",
    "immagini": "images",
    "genitore": "parent",
}
TRANSLATED: Final = {**GERMAN, **FRENCH, **DUTCH, **SPANISH, **ITALIAN}
_ATTRIBUTE: Final = r"(?:attribute|attribut|attribuut|atributo|attributo) (\d+)"
_OF: Final = r"(?:de l'|del |dell'|van )?"
_NAME: Final = r"(?:name|nom|naam|nombre|nome)"
_VALUE: Final = (
    r"(?:value\(s\)|wert\(e\)|valeur\(s\)|waarde\(n\)|valor\(es\)|valore\(i\)|valore/i|valori|valore)"
)
ATTRIBUTE_NAME: Final = re.compile(f"{_ATTRIBUTE} {_NAME}|{_NAME} {_OF}{_ATTRIBUTE}")
ATTRIBUTE_VALUE: Final = re.compile(f"{_ATTRIBUTE} {_VALUE}|{_VALUE} {_OF}{_ATTRIBUTE}")


def clean(heading: str) -> str:
    """Return the English heading."""
    heading = heading.replace("\u202f", " ")
    for pattern, what in ((ATTRIBUTE_NAME, "name"), (ATTRIBUTE_VALUE, "value(s)")):
        found = pattern.fullmatch(heading)
        if found:
            number = next(group for group in found.groups() if group)
            return f"attribute {number} {what}"
    return TRANSLATED.get(heading, heading)
