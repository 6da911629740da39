"""SQLite looks for the few rows that are wanted, and not for all that a tenant has."""

import pytest

from wizamart.database import db
from wizamart.module_system import query_planner

pytestmark = pytest.mark.backends("sqlite")


def test_rows_are_found_by_their_own_keys_and_not_by_their_tenant(app):
    query = (
        "EXPLAIN QUERY PLAN SELECT * FROM inventory_variants "
        "WHERE platform_id = 1 AND vendor_id = 1 AND product_id IN (1, 2, 3)"
    )
    with app.app_context(), db.engine.connect() as connection:
        plan = connection.exec_driver_sql(query).all()

    assert "ix_inventory_variants_product_id" in plan[0][3]


def test_what_is_known_already_is_left_alone(app):
    with app.app_context():
        assert query_planner.teach(db.engine) == ()
