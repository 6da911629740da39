"""Headers that every response carries: a strict content policy, and what keeps browsers from guessing."""

from typing import Final

from flask import Flask, Response, request

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# What is no page is given nothing to load, which is also all that a picture opened by itself may do.
POLICY_OF_THE_REST: Final = "default-src 'none'; frame-ancestors 'none'"


def init_app(app: Flask, *, is_production: bool) -> None:
    """Add the headers to every response."""

    @app.after_request
    def _add_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if is_production:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if response.mimetype != "text/html":
            headers.setdefault("Content-Security-Policy", POLICY_OF_THE_REST)
        else:
            headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
            headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
            headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
            response.vary.add("HX-Request")
            response.vary.add("Cookie")
            response.vary.add("Accept-Language")
            # What a signed-in person saw must not come back from the cache after they signed out.
            headers.setdefault("Cache-Control", "no-store" if "Cookie" in request.headers else "no-cache")
        return response
