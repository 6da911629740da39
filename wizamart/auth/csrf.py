"""The CSRF check of every form; requests that show a bearer token use no cookie, so they need none."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask import Flask, request
from flask_wtf.csrf import CSRFProtect

API_PREFIX: Final = "/api/"
View = TypeVar("View", bound=Callable[..., Any])


def is_bearer_request() -> bool:
    """Whether this request asks to be judged by its bearer token, whatever cookies come with it."""
    return (
        request.path.startswith(API_PREFIX)
        and request.authorization is not None
        and (request.authorization.type == "bearer")
    )


class BearerAwareCSRFProtect(CSRFProtect):  # type: ignore[misc]  # Flask-WTF ships no types
    """Flask-WTF's check, which leaves out what no foreign page can make a browser send."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """Check the token of this request."""
        if not is_bearer_request():
            super().protect(apply_exemptions=apply_exemptions)

    def exempt(self, view: View) -> View:
        """Leave a view unchecked that looks at no cookie."""
        super().exempt(view)
        return view


csrf = BearerAwareCSRFProtect()


def init_app(app: Flask) -> None:
    """Check every form; a token is good for as long as the session it belongs to."""
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    csrf.init_app(app)
