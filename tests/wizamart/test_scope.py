"""Tenants' rows keep to themselves by construction: reading, counting, changing, deleting and adding."""

import pytest
import sqlalchemy as sa

from modules.cms.models import media as _media  # noqa: F401 - products' pictures are mapped to it
from modules.inventory.models.stock import Location
from wizamart import clock
from wizamart.platforms import (
    Scope,
    ScopeMissing,
    ScopeViolation,
    across_tenants,
    enter_scope,
    get_scope,
    scoped,
)


@pytest.fixture
def tenants(session, make_platform, make_vendor):
    """Two platforms, a vendor on both and another on the first, with a location each."""
    here, there = make_platform("here"), make_platform("there")
    both, other = make_vendor(here, there, code="both"), make_vendor(here, code="other")
    for platform, vendor in ((here, both), (here, other), (there, both)):
        with scoped(session, platform.id, vendor.id):
            session.add(Location(name=f"{platform.code} {vendor.code}", created_at=clock.now()))
    return here, there, both


SHAPES = {
    "entity": sa.select(Location),
    "column": sa.select(Location.name),
    "count": sa.select(sa.func.count(Location.id)),
    "count of a table": sa.select(sa.func.count()).select_from(Location),
    "subquery": sa.select(sa.func.count()).select_from(sa.select(Location.id).subquery()),
    "scalar subquery": sa.select(sa.select(sa.func.count(Location.id)).scalar_subquery()),
    "alias": sa.select(sa.func.count(sa.orm.aliased(Location).id)),
    "union": sa.select(Location.name).where(Location.id < 0).union_all(sa.select(Location.name)),
    "common table expression": sa.select(sa.func.count()).select_from(sa.select(Location.id).cte()),
}
COUNTS = [name for name in SHAPES if name not in {"entity", "column", "union"}]


@pytest.mark.parametrize("shape", COUNTS)
def test_every_shape_of_query_counts_only_the_tenants_own_rows(session, tenants, shape):
    here, there, both = tenants

    for scope, expected in ((Scope(here.id), 2), (Scope(here.id, both.id), 1), (Scope(there.id), 1)):
        enter_scope(session, scope)
        assert session.scalar(SHAPES[shape]) == expected


@pytest.mark.parametrize("shape", ["column", "union"])
def test_names_of_another_tenant_are_not_read(session, tenants, shape):
    enter_scope(session, Scope(tenants[1].id))

    assert session.scalars(SHAPES[shape]).all() == ["there both"]


@pytest.mark.parametrize("shape", SHAPES)
def test_without_a_scope_every_shape_of_query_is_refused(session, tenants, shape):
    assert tenants
    enter_scope(session, None)

    with pytest.raises(ScopeMissing):
        session.execute(SHAPES[shape])


def test_changes_and_deletions_reach_only_the_tenants_own_rows(session, tenants):
    here, there, _both = tenants
    enter_scope(session, Scope(there.id))

    session.execute(sa.update(Location).values(name="changed"))
    session.execute(sa.delete(Location).where(Location.name != "changed"))

    with across_tenants(session, "a test looks at all rows"):
        names = session.scalars(sa.select(Location.name).where(Location.platform_id == here.id)).all()
    assert sorted(names) == ["here both", "here other"]


def test_new_rows_are_stamped_and_rows_of_others_cannot_be_written(session, tenants):
    here, there, both = tenants
    enter_scope(session, Scope(here.id, both.id))
    row = Location(name="new", created_at=clock.now())
    session.add(row)
    session.flush()
    assert (row.platform_id, row.vendor_id) == (here.id, both.id)

    theirs = Location(name="theirs", created_at=clock.now(), platform_id=there.id, vendor_id=both.id)
    session.add(theirs)
    with pytest.raises(ScopeViolation):
        session.flush()
    session.expunge(theirs)


def test_the_previous_scope_returns_after_a_block(session, tenants):
    here, there, _both = tenants
    enter_scope(session, Scope(here.id))

    with scoped(session, there.id):
        assert get_scope(session) == Scope(there.id)

    assert get_scope(session) == Scope(here.id)


def test_looking_across_tenants_is_told_and_a_health_check_does_not_fill_the_log(app, session, caplog):
    with caplog.at_level("INFO"), across_tenants(session, "somebody is forgotten"):
        pass
    session.commit()
    with caplog.at_level("INFO"):
        app.extensions["health"].run()

    crossings = [record.reason for record in caplog.records if record.getMessage() == "tenant_scope_crossed"]
    assert crossings == ["somebody is forgotten"]
