"""Module cards as markup: written once for a state, since nothing in them changes before the next one."""

from __future__ import annotations  # so that naming a type of a service does not load it

from collections.abc import Iterable
from typing import Any

from flask import current_app, request
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from modules.core.services import dependency_picture, overview_service
from wizamart.i18n import current_locale, current_time_zone
from wizamart.module_system.definition import ModuleTier
from wizamart.module_system.manager import current_manager
from wizamart.module_system.state import ModuleState

# Stands in kept markup where the token of whoever asks belongs.
_TOKEN_PLACE = "@@csrf@@"  # noqa: S105 - a mark, no secret
_KEPT = 64


def render_card(card: overview_service.ModuleCard, state: ModuleState, *, is_oob: bool = False) -> Markup:
    """Return the markup of one card; with `is_oob` as an answer that htmx puts in place of the old one."""
    macro = _macro("module_card")
    html: str = macro(card, _TOKEN_PLACE, is_oob=True) if is_oob else _kept(card, _known(state), macro)
    return Markup(html.replace(_TOKEN_PLACE, generate_csrf()))  # noqa: S704 - made by the macro, which escapes


def render_cards(
    cards: Iterable[overview_service.ModuleCard], state: ModuleState
) -> list[tuple[ModuleTier, int, Markup]]:
    """Return of each tier that has cards its number of cards and their markup."""
    by_tier: dict[ModuleTier, list[str]] = {}
    macro, known = _macro("module_card"), _known(state)
    for card in cards:
        by_tier.setdefault(card.tier, []).append(_kept(card, known, macro))
    token = generate_csrf()
    order = (ModuleTier.OPTIONAL, ModuleTier.INTERNAL, ModuleTier.CORE)
    return [
        (tier, len(by_tier[tier]), Markup("".join(by_tier[tier]).replace(_TOKEN_PLACE, token)))  # noqa: S704 - as above
        for tier in order
        if tier in by_tier
    ]


def render_picture(state: ModuleState) -> Markup:
    """Return the picture of what requires what."""
    key = ("core.picture", current_locale())
    picture: Markup | None = state.cache.get(key)
    if picture is None:
        picture = dependency_picture.draw(current_manager().registry, state.effective)
        _keep(state, key, picture)
    return picture


def _macro(name: str) -> Any:
    return getattr(current_app.jinja_env.get_template("core/admin/_module_card.html").module, name)


def _known(state: ModuleState) -> dict[str, tuple[overview_service.ModuleCard, str]]:
    """Return the cards written before for this state, language, time zone and address."""
    key = ("core.cards", current_locale(), str(current_time_zone()), request.script_root)
    known: dict[str, tuple[overview_service.ModuleCard, str]] | None = state.cache.get(key)
    if known is None:
        known = {}
        _keep(state, key, known)
    return known


def _kept(
    card: overview_service.ModuleCard, known: dict[str, tuple[overview_service.ModuleCard, str]], macro: Any
) -> str:
    """Return a card's markup, written anew only if something in the card is not as it was."""
    found = known.get(card.code)
    if found is None or found[0] != card:
        found = known[card.code] = (card, str(macro(card, _TOKEN_PLACE)))
    return found[1]


def _keep(state: ModuleState, key: Any, value: Any) -> None:
    state.cache[key] = value
    while len(state.cache) > _KEPT:
        state.cache.popitem(last=False)
