"""Pages, pictures and looks of shops in Luxembourg, for the demonstration: written in four languages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from modules.cms.models.media import Media
from modules.cms.models.page import Page
from modules.cms.schemas.page import PageForm
from modules.cms.schemas.theme import ThemeForm
from modules.cms.services import (
    illustration,
    media_service,
    page_service,
    publication_service,
    theme_service,
)
from modules.cms.services.revision_service import Author

FOLDER: Final = Path(__file__).parent / "demo_pages"
LOCALES: Final = ("en", "fr", "de", "lb")
AUTHOR: Final = Author(None, "Claire Demuth")
EDITOR: Final = Author(None, "Marc Thill")
# slug, placement, position
PAGES: Final = (
    ("about", "header", 30),
    ("delivery", "header", 20),
    ("contact", "footer", 30),
    ("legal-notice", "footer", 40),
)
# motif, colour, name of the file, descriptions; the last has one missing, as in life.
PICTURES: Final = (
    (
        "candle",
        "#c8553d",
        "beeswax-candle.png",
        (
            "A burning red candle",
            "Une bougie rouge allumée",
            "Eine brennende rote Kerze",
            "Eng rout Käerz, déi brennt",
        ),
    ),
    (
        "jar",
        "#e0a458",
        "honey.png",
        ("A jar of honey", "Un pot de miel", "Ein Glas Honig", "E Glas Hunneg"),
    ),
    (
        "mug",
        "#33658a",
        "mug.png",
        (
            "A blue mug of coffee",
            "Une tasse bleue de café",
            "Ein blauer Becher Kaffee",
            "Eng blo Taass Kaffi",
        ),
    ),
    (
        "board",
        "#b07d4f",
        "oak-board.png",
        ("A cutting board of oak", "Une planche en chêne", "Ein Schneidebrett aus Eiche", "E Bried aus Eech"),
    ),
    ("bag", "#588b8b", "tote-bag.png", ("A green tote bag", "Un sac vert", "", "")),
)


@dataclass(frozen=True, slots=True)
class Place:
    """For which platform, and of what time, demonstration data is made."""

    session: Session
    platform_id: int
    folder: Path
    at: datetime


def create_demo(
    session: Session, *, platform_id: int, vendor_ids: Sequence[int], folder: Path, at: datetime
) -> None:
    """Write what is not there yet: pictures, pages in every state, a look, and what the first vendor has of its own."""
    place = Place(session, platform_id, folder, at)
    known = {page.slug: page for page in page_service.list_pages(session)}
    pictures = {} if known else _add_pictures(place, None)
    for slug, placement, position in PAGES:
        if slug not in known:
            picture = pictures.get("candle") if slug == "about" else None
            known[slug] = _write(place, slug, placement=placement, position=position, picture=picture)
    if not pictures:
        return
    _change_about(place, known["about"])
    _draft_contact(place, known["contact"])
    _plan_sale(place, pictures["bag"])
    theme_service.save_theme(session, ThemeForm(heading_font="serif"), platform_id=platform_id, at=at)
    if vendor_ids:
        _open_shop(place, vendor_ids[0], known["delivery"])


def _add_pictures(place: Place, vendor_id: int | None) -> dict[str, Media]:
    return {motif: _add_picture(place, number, vendor_id) for number, (motif, *_more) in enumerate(PICTURES)}


def _add_picture(place: Place, number: int, vendor_id: int | None) -> Media:
    motif, colour, name, alts = PICTURES[number]
    media = media_service.add_media(
        place.session,
        illustration.draw(motif, colour),
        platform_id=place.platform_id,
        vendor_id=vendor_id,
        name=name,
        folder=place.folder,
        at=place.at - timedelta(days=41, minutes=number),
    )
    media_service.update_alts(media, dict(zip(LOCALES, alts, strict=True)))
    return media


def _write(place: Place, slug: str, *, placement: str, position: int, picture: Media | None = None) -> Page:
    """Write a page in all languages, and publish it."""
    came = place.at - timedelta(days=40 - position // 10)
    forms = {
        locale: _read(slug, locale, placement=placement, position=position, picture=picture)
        for locale in LOCALES
    }
    page = page_service.create_page(
        place.session, forms["en"], platform_id=place.platform_id, locale="en", author=AUTHOR, at=came
    )
    for locale in LOCALES[1:]:
        page_service.update_page(place.session, page, forms[locale], locale=locale, author=AUTHOR, at=came)
    publication_service.publish(place.session, page, at=came, now=came)
    return page


def _change_about(place: Place, page: Page) -> None:
    """Change a page lately, so that there are versions to compare and translations that are behind."""
    _write_live(place, page, _form_of(page, "en", slug="about-us"), EDITOR, place.at - timedelta(days=6))
    body = page.text_in("en").body + "\nOn Saturdays our workshop is open to visitors, from ten to four.\n"
    form = _form_of(page, "en", slug="about", body=body)
    _write_live(place, page, form, AUTHOR, place.at - timedelta(days=2))


def _write_live(place: Place, page: Page, form: PageForm, author: Author, at: datetime) -> None:
    page_service.update_page(place.session, page, form, locale="en", author=author, at=at)
    publication_service.publish(place.session, page, at=at, now=at)


def _draft_contact(place: Place, page: Page) -> None:
    """Write on a public page what is not published yet."""
    body = page.text_in("en").body + "\nIn December we answer on Sundays, too.\n"
    form = _form_of(page, "en", body=body)
    page_service.update_page(
        place.session, page, form, locale="en", author=EDITOR, at=place.at - timedelta(hours=5)
    )


def _plan_sale(place: Place, bag: Media) -> None:
    """Write a page that will be public for a week, in two of the languages, and a draft."""
    came = place.at - timedelta(days=1)
    body = f"From Monday on, **all bags** are a fifth cheaper.\n\n![](media:{bag.key})\n"
    sale = page_service.create_page(
        place.session,
        PageForm(title="A week of bags", slug="week-of-bags", body=body),
        platform_id=place.platform_id,
        locale="en",
        author=EDITOR,
        at=came,
    )
    french = f"À partir de lundi, **tous les sacs** coûtent un cinquième de moins.\n\n![](media:{bag.key})\n"
    form = _form_of(sale, "en", title="La semaine des sacs", body=french)
    page_service.update_page(place.session, sale, form, locale="fr", author=EDITOR, at=came)
    start, end = place.at + timedelta(days=3), place.at + timedelta(days=10)
    publication_service.publish(place.session, sale, at=start, until=end, now=came)
    page_service.create_page(
        place.session,
        PageForm(title="How we pack", slug="how-we-pack", body="Paper, string, and nothing else.\n"),
        platform_id=place.platform_id,
        locale="en",
        author=EDITOR,
        at=came,
    )


def _open_shop(place: Place, vendor_id: int, delivery: Page) -> None:
    """Give a vendor a picture, a look, and its own page in the place of one that the platform has changed since."""
    came = place.at - timedelta(days=20)
    _add_picture(place, 2, vendor_id)
    own = page_service.override(place.session, delivery.id, vendor_id=vendor_id, author=EDITOR, at=came)
    body = own.text_in("en").body + "\nWe deliver in the city of Luxembourg by bicycle, on the same day.\n"
    form = _form_of(own, "en", body=body)
    page_service.update_page(place.session, own, form, locale="en", author=EDITOR, at=came)
    publication_service.publish(place.session, own, at=came, now=came)
    theirs = _form_of(delivery, "en", seo_description="How, when and at what price your parcels arrive.")
    _write_live(place, delivery, theirs, AUTHOR, place.at)
    look = ThemeForm(accent="#8a3324", accent_dark="#ffb4a2", font="serif", corners="square")
    theme_service.save_theme(place.session, look, platform_id=place.platform_id, vendor_id=vendor_id, at=came)


def _form_of(page: Page, locale: str, **changes: object) -> PageForm:
    """Return what the editor would show of a page, with changes."""
    text = page.text_in(locale)
    values = {name: getattr(text, name) for name in ("title", "body", "seo_title", "seo_description")}
    places = {name: getattr(page, name) for name in ("slug", "placement", "position", "picture_id")}
    return PageForm.model_validate({**values, **places, **changes})


def _read(slug: str, locale: str, *, placement: str, position: int, picture: Media | None) -> PageForm:
    """Read a file: the first line is the title, the second the description, the rest the text."""
    title, description, body = (FOLDER / f"{slug}.{locale}.md").read_text("utf-8").split("\n", 2)
    shown = f"![](media:{picture.key})\n\n" if picture else ""
    return PageForm.model_validate(
        {
            "title": title.removeprefix("# "),
            "seo_description": description,
            "body": f"{shown}{body.strip()}\n",
            "slug": slug,
            "placement": placement,
            "position": position,
            "picture_id": picture.id if picture else None,
        }
    )
