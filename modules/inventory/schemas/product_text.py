"""Texts of products and categories in a language, and how a translation stands to what it was made from."""

import hashlib
from dataclasses import dataclass
from typing import Literal, Self

from pydantic import Field, model_validator

from wizamart.i18n import gettext, gettext_noop as _
from wizamart.schema import Schema

State = Literal["current", "outdated", "missing"]


@dataclass(frozen=True, slots=True)
class Wording:
    """What a product says in a language; the locale of a text is None where it is the platform's own."""

    title: str
    description: str
    seo_title: str = ""
    seo_description: str = ""
    locale: str | None = None
    description_locale: str | None = None


class ProductTextForm(Schema):
    """A product's text in one language."""

    title: str = Field("", title=_("Title"), max_length=200)
    description: str = Field("", title=_("Description"), max_length=50_000)
    seo_title: str = Field("", title=_("Title for search engines"), max_length=120)
    seo_description: str = Field("", title=_("Description for search engines"), max_length=320)

    @model_validator(mode="after")
    def refuse_text_without_title(self) -> Self:
        """Ask for a title where there is any text."""
        if not self.title and (self.description or self.seo_title or self.seo_description):
            raise ValueError(gettext("Write a title too, or leave everything empty to show the original."))
        return self


class CategoryTextForm(Schema):
    """A category's name and description in one language."""

    name: str = Field("", title=_("Name"), max_length=120)
    description: str = Field("", title=_("Description"), max_length=1000)

    @model_validator(mode="after")
    def refuse_text_without_name(self) -> Self:
        """Ask for a name where there is any text."""
        if not self.name and self.description:
            raise ValueError(gettext("Write a name too, or leave everything empty to show the original."))
        return self


def digest(*texts: str) -> str:
    """Return what tells texts from others, to see whether they have changed."""
    return hashlib.sha256("\x00".join(texts).encode()).hexdigest()
