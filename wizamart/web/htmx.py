"""What HTMX asks for and is told. The portable subset only: nothing reads HX-Trigger or HX-Target."""

from typing import Any

from flask import Response, make_response, redirect, request


def is_fragment() -> bool:
    """Tell whether a fragment is asked for, rather than a page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def go_to(url: str, *, status: int = 303) -> Any:
    """Send a browser to a page: by a redirect, or by a header where HTMX asked, which follows redirects itself."""
    if not is_fragment():
        return redirect(url, code=status)
    response: Response = make_response("", 204)
    response.headers["HX-Redirect"] = url
    return response
