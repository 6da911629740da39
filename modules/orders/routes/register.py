"""The addresses of the pages that admins and vendors share."""

from typing import Final

from flask import Blueprint

from modules.orders.routes import document_views, order_views, step_views

PAGES: Final = (
    ("GET", "/orders", order_views.order_list),
    ("GET", "/orders.csv", order_views.order_export),
    ("GET", "/orders/new", order_views.order_new),
    ("POST", "/orders", order_views.order_create),
    ("POST", "/orders/payments", step_views.payment_create_many),
    ("POST", "/orders/fulfilments", step_views.fulfilment_create_many),
    ("GET", "/orders/<int:order_id>", order_views.order_detail),
    ("GET", "/orders/<int:order_id>/edit", order_views.order_edit),
    ("POST", "/orders/<int:order_id>", order_views.order_update),
    ("POST", "/orders/<int:order_id>/lines", order_views.line_create),
    ("POST", "/orders/<int:order_id>/lines/<int:line_id>", order_views.line_update),
    ("POST", "/orders/<int:order_id>/lines/<int:line_id>/removal", order_views.line_delete),
    ("POST", "/orders/<int:order_id>/placement", order_views.placement_create),
    ("GET", "/orders/<int:order_id>/cancellation", order_views.cancellation_new),
    ("POST", "/orders/<int:order_id>/cancellation", order_views.cancellation_create),
    ("POST", "/orders/<int:order_id>/notes", order_views.note_create),
    ("GET", "/orders/<int:order_id>/payments/new", step_views.payment_new),
    ("POST", "/orders/<int:order_id>/payments", step_views.payment_create),
    ("GET", "/orders/<int:order_id>/fulfilments/new", step_views.fulfilment_new),
    ("POST", "/orders/<int:order_id>/fulfilments", step_views.fulfilment_create),
    ("GET", "/orders/<int:order_id>/returns/new", step_views.return_new),
    ("POST", "/orders/<int:order_id>/returns", step_views.return_create),
    ("POST", "/orders/<int:order_id>/returns/value", step_views.return_value),
    ("GET", "/orders/<int:order_id>/refunds/new", step_views.refund_new),
    ("POST", "/orders/<int:order_id>/refunds", step_views.refund_create),
    ("GET", "/orders/<int:order_id>/packing-slip", step_views.packing_slip),
)


def add_pages(bp: Blueprint) -> None:
    """Give a frontend's blueprint the pages of orders; each view says itself who may call it."""
    for method, rule, view in (*PAGES, *document_views.PAGES):
        bp.add_url_rule(rule, endpoint=view.__name__, view_func=view, methods=[method])
