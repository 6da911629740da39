"""Pictures of products that lie on other sites: the page's content policy names exactly those sites."""

import re
from collections.abc import Iterable

from flask import Response, after_this_request, g, request

from modules.inventory.schemas.picture import ProductPicture
from wizamart.web.security import CONTENT_SECURITY_POLICY


def allow_pictures(addresses: Iterable[str]) -> None:
    """Let this page show pictures at these addresses, whichever module the page belongs to."""
    if "inventory_picture_hosts" not in g:
        after_this_request(let_pictures_in)
    hosts = {match[1] for address in addresses if (match := re.match(r"(https://[A-Za-z0-9.:-]+)/", address))}
    g.inventory_picture_hosts = g.get("inventory_picture_hosts", set()) | hosts


def picture_url(picture: ProductPicture | None, *, width: int | None = None) -> str:
    """Return where a page of this request finds a picture, at least this wide; empty without a picture."""
    if picture is None:
        return ""
    return picture.address if picture.is_elsewhere else f"{request.script_root}{picture.path(width)}"


def let_pictures_in(response: Response) -> Response:
    """Add the sites of the pictures to the page's content policy."""
    hosts = g.get("inventory_picture_hosts")
    if hosts:
        sources = " ".join(["img-src 'self' data:", *sorted(hosts)])
        policy = CONTENT_SECURITY_POLICY.replace("img-src 'self' data:", sources)
        response.headers["Content-Security-Policy"] = policy
    return response
