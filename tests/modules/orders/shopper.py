"""A customer with a browser that runs no script: follows forms as they stand in the pages."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from tests.modules.orders.shelf import CHECKOUT, URL


@dataclass
class Shopper:
    """Fills a cart and orders from it."""

    client: Any
    base: str = URL
    seller: str = "honey"
    token: str = ""
    page: str = field(default="", repr=False)

    def get(self, path: str) -> Any:
        """Open a page and remember it."""
        response = self.client.get(f"{self.base}{path}")
        self.page = response.text
        if found := re.search(r'name="csrf_token" value="([^"]+)"', self.page):
            self.token = found[1]
        return response

    def post(self, path: str, *, hx: bool = False, **data: Any) -> Any:
        """Send a form with the token of the session."""
        if not self.token:
            self.get("/account/register")
        headers = {"HX-Request": "true"} if hx else {}
        response = self.client.post(
            f"{self.base}{path}", data={"csrf_token": self.token, **data}, headers=headers
        )
        self.page = response.text
        return response

    def hidden(self, name: str) -> str:
        """Return what a hidden input of the page holds."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page)
        return unescape(found[1]) if found else ""

    def put(self, reference: str, quantity: int = 1, *, hx: bool = False) -> Any:
        """Put something into the cart."""
        return self.post("/cart/lines", reference=reference, quantity=str(quantity), hx=hx)

    def fill_checkout(self) -> dict[str, str]:
        """Open the checkout and return what its form sends once it is filled in."""
        self.get(f"/checkout/{self.seller}")
        payment = re.search(r'name="payment" value="([^"]+)"', self.page)
        return {
            **CHECKOUT,
            "form_key": self.hidden("form_key"),
            "quote": self.hidden("quote"),
            "payment": payment[1] if payment else "",
        }

    def order(self, **changes: str) -> Any:
        """Order what the cart holds."""
        return self.post(f"/checkout/{self.seller}", **{**self.fill_checkout(), **changes})
