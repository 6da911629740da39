"""The request, with what a hostile one may hold taken for what it is: something that cannot be read."""

from collections.abc import Iterator
from functools import cached_property
from itertools import chain
from typing import Any

from flask import Request
from htmx_flask.requests import HtmxHeaders

from wizamart.exceptions import BadRequest


class PortalRequest(Request):
    """Flask's request with `request.htmx`, set by the application: `Htmx(app)` would replace any other class."""

    @cached_property
    def htmx(self) -> HtmxHeaders:
        """What htmx says of the request; true where it comes from htmx."""
        return HtmxHeaders(self.headers)

    def get_json(self, *args: Any, **kwargs: Any) -> Any:
        """Read the body as JSON.

        :raises BadRequest: also where it is nested too deeply, or holds a null character.
        """
        if rb"\u0000" in self.get_data(cache=True):
            raise BadRequest
        try:
            return super().get_json(*args, **kwargs)
        except RecursionError as error:
            raise BadRequest from error


def refuse_null_characters(request: Request) -> None:
    """Refuse addresses, forms and names of files with a character that no text has, and that PostgreSQL does not store.

    :raises BadRequest: when there is one.
    """
    if any("\x00" in text for text in _texts(request)):
        raise BadRequest


def _texts(request: Request) -> Iterator[str]:
    yield request.path
    for name, value in chain(request.args.items(multi=True), request.form.items(multi=True)):
        yield name
        yield value
    for file in chain.from_iterable(request.files.listvalues()):
        yield file.filename or ""
