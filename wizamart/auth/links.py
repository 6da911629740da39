"""Addresses: where to go next, and what to write into mails; neither may lead to a stranger's site."""

from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app, request, url_for
from sqlalchemy.orm import Session

from wizamart.config import Settings
from wizamart.platforms import PlatformHost


def is_safe_path(path: str | None) -> bool:
    """Tell whether this is a path on this site, in every reading that a browser might give it."""
    if not path or not path.startswith("/") or path.startswith("//"):
        return False
    if "\\" in path or any(ord(character) < 32 or ord(character) == 127 for character in path):  # noqa: PLR2004
        return False
    try:
        parts = urlsplit(path)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc


def asked_path() -> str | None:
    """Return the path in `next` that the request asks to go on to, if it is one of this site."""
    path = request.values.get("next")
    return path if is_safe_path(path) else None


def mail_url(session: Session, endpoint: str, token: str) -> str:
    """Return the full address of a page for a mail.

    In production a host name that nobody registered is replaced: whoever asks for a mail to somebody else chooses
    the `Host` of that request, and must not choose where the link leads.
    """
    url = url_for(endpoint, token=token, _external=True)
    settings: Settings = current_app.extensions["settings"]
    if not settings.is_production:
        return url
    hosts = session.execute(sa.select(PlatformHost.host, PlatformHost.is_primary)).all()
    if not hosts or request.host in {host for host, _is_primary in hosts}:
        return url
    primary = min(hosts, key=lambda row: (not row.is_primary, row.host)).host
    return urlsplit(url)._replace(netloc=primary).geturl()
