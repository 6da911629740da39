"""Pages of customers: the catalogue, its categories, and its products."""

from urllib.parse import urlencode

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from modules.cms.services import redirect_service
from modules.inventory.exceptions import CategoryNotFound
from modules.inventory.pictures import allow_pictures
from modules.inventory.routes.blueprints import storefront as bp
from modules.inventory.routes.product_page import read_product
from modules.inventory.routes.shelf import read_shelf
from modules.inventory.services import category_service, shelf_service
from wizamart.database import db
from wizamart.permissions import public


@bp.get("/catalogue")
@public
def catalogue() -> str | Response:
    """Show what is sold, narrowed by what the address says."""
    path = request.args.get("category")
    if path and category_service.find_category_by_path(db.session(), path):
        others = {name: text for name, text in request.args.items() if name != "category"}
        address = url_for("inventory_storefront.category_detail", path=path)
        return redirect(f"{address}?{urlencode(others)}" if others else address, 301)
    return render_template("inventory/storefront/catalogue.html", **read_shelf(db.session()))


@bp.get("/categories/<path:path>")
@public
def category_detail(path: str) -> str | Response:
    """Show what is sold in a category and below it, or lead to where it is now."""
    session = db.session()
    category = category_service.find_category_by_path(session, path)
    if category is None:
        moved = redirect_service.find_kept(session, f"/categories/{path}")
        if moved is None:
            raise CategoryNotFound
        response = redirect(request.script_root + moved, 301)
        response.cache_control.max_age = redirect_service.REDIRECT_AGE
        return response
    return render_template("inventory/storefront/catalogue.html", **read_shelf(session, category))


@bp.get("/products/<slug>")
@public
def product_detail(slug: str) -> str:
    """Show a product, one of its variants chosen, and whether it can be bought."""
    product = shelf_service.get_shown_product(db.session(), slug)
    allow_pictures(product.images)
    return render_template("inventory/storefront/product_detail.html", **read_product(db.session(), product))
