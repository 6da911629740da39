"""Texts for people: translated at once, or when they are shown."""

from collections.abc import Callable
from typing import Any

from flask import g, has_app_context
from flask_babel import get_domain
from markupsafe import Markup, escape

from wizamart.i18n.catalogues import ENGLISH, Catalogues, MergedTranslations


def current_translations() -> MergedTranslations:
    """Return the catalogue of the reader's language; English where there is no application."""
    if not has_app_context():
        return ENGLISH
    here = g._get_current_object()  # noqa: SLF001 - a page asks hundreds of times, and the proxy costs more than the answer
    user, kept = here.get("_login_user"), here.get("_kept_translations")
    if kept is not None and kept[0] is user and kept[1] is _chosen_locale(here):
        found: MergedTranslations = kept[2]
        return found
    found = _find_translations()
    if _chosen_locale(here) is not None:
        here._kept_translations = (user, _chosen_locale(here), found)  # noqa: SLF001 - an attribute of ours
    return found


def _chosen_locale(here: Any) -> Any:
    """Return what Flask-Babel keeps; it forgets it when the choice is to be made anew."""
    return getattr(here.get("_flask_babel"), "babel_locale", None)


def _find_translations() -> MergedTranslations:
    try:
        domain = get_domain()
    except KeyError:  # an application that never called init_app, such as a small one in a test
        return ENGLISH
    return domain.get_translations() if isinstance(domain, Catalogues) else ENGLISH


def gettext(message: str, **variables: Any) -> str:
    """Translate `message` and, where variables are given, fill its `%(name)s` placeholders."""
    text = current_translations().ugettext(message)
    return text % variables if variables else text


def ngettext(singular: str, plural: str, num: int, **variables: Any) -> str:
    """Translate the form that `num` takes in the reader's language; `%(num)d` is filled in."""
    text = current_translations().ungettext(singular, plural, num)
    return text % {"num": num, **variables}


def pgettext(context: str, message: str, **variables: Any) -> str:
    """Translate `message` as it is meant in `context`."""
    text = current_translations().upgettext(context, message)
    return text % variables if variables else text


def npgettext(context: str, singular: str, plural: str, num: int, **variables: Any) -> str:
    """Translate the form that `num` takes, as it is meant in `context`."""
    text = current_translations().unpgettext(context, singular, plural, num)
    return text % {"num": num, **variables}


def gettext_noop(message: str) -> str:
    """Mark a plain string for translation, such as the title of a pydantic field; `translate` shows it."""
    return message


class LazyText:
    """A text that is translated whenever it is shown; in code without an application it is English.

    It is no `str`: an API that wants one gets it by `str(text)`, which is the moment the language is chosen.
    """

    __slots__ = ("_args", "_function", "_variables")

    def __init__(self, function: Callable[..., str], *args: Any, **variables: Any) -> None:
        self._function = function
        self._args = args
        self._variables = variables

    def __str__(self) -> str:
        return self._function(*self._args, **self._variables)

    def __html__(self) -> Markup:
        return escape(str(self))

    def __repr__(self) -> str:
        return f"LazyText({self._args[-1]!r})"

    def __mod__(self, values: Any) -> str:
        filled: str = str(self) % values
        return filled

    def __add__(self, other: object) -> str:
        return str(self) + str(other)

    def __radd__(self, other: object) -> str:
        return str(other) + str(self)

    def __format__(self, specification: str) -> str:
        return format(str(self), specification)

    def __len__(self) -> int:
        return len(str(self))

    def __bool__(self) -> bool:
        return bool(self._args[-1])

    def __contains__(self, part: str) -> bool:
        return part in str(self)

    def __lt__(self, other: object) -> bool:
        return str(self) < str(other)

    def __eq__(self, other: object) -> bool:
        """Compare the source with another lazy text, what is shown now with a string."""
        if isinstance(other, LazyText):
            return self._source == other._source
        return str(self) == other if isinstance(other, str) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._source[:2])

    @property
    def _source(self) -> tuple[Any, ...]:
        return self._function.__name__, self._args, self._variables


def lazy_gettext(message: str, **variables: Any) -> LazyText:
    """Return `message` to be translated when shown."""
    return LazyText(gettext, message, **variables)


def lazy_pgettext(context: str, message: str, **variables: Any) -> LazyText:
    """Return `message`, as it is meant in `context`, to be translated when shown."""
    return LazyText(pgettext, context, message, **variables)


def lazy_ngettext(singular: str, plural: str, num: int, **variables: Any) -> LazyText:
    """Return the form for `num`, to be translated when shown."""
    return LazyText(ngettext, singular, plural, num, **variables)


def translate(text: object) -> str:
    """Show a label whatever it is: a lazy text, or a string marked by `gettext_noop`; None is nothing."""
    if text is None:
        return ""
    return gettext(text) if isinstance(text, str) and text else str(text)
