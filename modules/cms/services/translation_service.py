"""Which languages a page is written in, and which of its translations are behind."""

from typing import Literal

from modules.cms.models.page import Page

State = Literal["current", "outdated", "missing"]


def state_of(page: Page, locale: str, *, default_locale: str) -> State:
    """Tell how a page stands in a language: behind is what was written before the text in the platform's own."""
    by_locale = {text.locale: text for text in page.texts}
    text, source = by_locale.get(locale), by_locale.get(default_locale)
    if text is None:
        return "missing"
    if source is not None and text is not source and text.checked_at < source.checked_at:
        return "outdated"
    return "current"


def states_of(page: Page, locales: tuple[str, ...], *, default_locale: str) -> list[tuple[str, State]]:
    """Return each language with how the page stands in it, in the order of the languages."""
    return [(locale, state_of(page, locale, default_locale=default_locale)) for locale in locales]
