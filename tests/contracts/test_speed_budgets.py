"""What a page and a switch may ask of the database, whatever the number of modules; a GET never writes."""

import re

import pytest
from flask import render_template_string

from wizamart.database import unit_of_work
from wizamart.module_system import module_service
from wizamart.permissions import signed_in

FRAME = 4
MODULES_PAGE = 6
TOGGLE = 12
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def everything(app):
    return [code for code, module in app.modules.registry.items() if not module.is_core]


@pytest.fixture
def platform(factory, everything):
    return factory.platform("here", modules=everything)


@pytest.fixture
def super_admin(factory, make_client, sign_in):
    client = make_client()
    sign_in(client, factory.user(is_super_admin=True))
    return client


@pytest.fixture
def admin(factory, platform, make_client, sign_in):
    client = make_client()
    sign_in(client, factory.user(admin_of=platform))
    return client


def frame_probe(app, frontend, url):
    """Put a page that shows nothing but the frame beside a frontend's own pages."""
    page = '{% extends "layouts/FRONTEND.html" %}{% block page_title %}Probe{% endblock %}'

    @signed_in
    def probe():
        return render_template_string(page.replace("FRONTEND", frontend))

    app.add_url_rule(url, f"core_{frontend}.probe", probe)
    return url


def queries_of(count_queries, ask):
    """Return what an answer asked of the database once the process is warm."""
    assert ask().status_code < 400
    with count_queries() as queries:
        assert ask().status_code < 400
    return queries


@pytest.mark.own_app
@pytest.mark.parametrize("role", ["super_admin", "admin"])
@pytest.mark.parametrize("is_on", [True, False], ids=["all on", "all off"])
def test_the_frame_of_an_admin_page_costs_four_queries_however_many_modules_are_on(
    app, platform, everything, role, is_on, request, count_queries
):
    url = "/platforms/here" + frame_probe(app, "admin", "/admin/frame-probe")
    client = request.getfixturevalue(role)
    if not is_on:
        with app.app_context(), unit_of_work() as session:
            for code in everything:
                module_service.disable_module(session, platform.id, code)

    queries = queries_of(count_queries, lambda: client.get(url))

    assert len(queries) <= FRAME, f"\n{queries}"


@pytest.mark.own_app
def test_the_frame_of_a_vendor_page_costs_four_queries(
    app, factory, platform, make_client, sign_in, count_queries
):
    vendor = factory.vendor(platform, code="shop")
    client = make_client()
    sign_in(client, factory.user(owner_of=vendor))
    frame_probe(app, "vendor", "/vendor/<vendor_code>/frame-probe")

    queries = queries_of(count_queries, lambda: client.get("/platforms/here/vendor/shop/frame-probe"))

    assert len(queries) <= FRAME, f"\n{queries}"


@pytest.mark.parametrize("role", ["super_admin", "admin"])
def test_the_modules_page_costs_six_queries(platform, role, request, count_queries):
    client = request.getfixturevalue(role)

    queries = queries_of(count_queries, lambda: client.get("/platforms/here/admin/modules"))

    assert len(queries) <= MODULES_PAGE, f"\n{queries}"


def test_the_first_modules_page_after_a_change_costs_two_more(app, platform, super_admin, count_queries):
    """The state of the modules and of the menu is read once for each revision, by each process."""
    super_admin.get("/platforms/here/admin/modules")
    with app.app_context(), unit_of_work() as session:
        module_service.disable_module(session, platform.id, "analytics")

    with count_queries() as queries:
        assert super_admin.get("/platforms/here/admin/modules").status_code == 200

    assert len(queries) <= MODULES_PAGE + 2, f"\n{queries}"


@pytest.mark.parametrize("role", ["super_admin", "admin"])
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["form", "htmx"])
def test_a_switch_costs_twelve_queries(factory, make_client, sign_in, role, headers, count_queries):
    bare = factory.platform("bare")
    client = make_client()
    sign_in(
        client, factory.user(is_super_admin=True) if role == "super_admin" else factory.user(admin_of=bare)
    )
    address = "/platforms/bare/admin/modules"
    client.get(address)
    costs = {}

    def switch(name, url, **form):
        with count_queries() as queries:
            response = client.post(url, data=form, headers=headers)
        assert response.status_code in {200, 303}, response.get_data(as_text=True)
        costs[name] = queries
        return response

    switch("first time on", f"{address}/inventory/activation")
    switch("off", f"{address}/inventory/activation", _method="delete")
    switch("on again", f"{address}/inventory/activation")
    switch("off again", f"{address}/inventory/activation", _method="delete")
    plan = client.get(f"{address}/plan?enable=marketplace&enable=analytics")
    found = dict(re.findall(r'name="(revision)" value="([^"]*)"', plan.get_data(as_text=True)))
    steps = re.findall(r'name="step" value="([^"]*)"', plan.get_data(as_text=True))
    assert len(steps) >= 3, "this plan is meant to bring others along"
    switch(
        "with a cascade",
        f"{address}/operations",
        enable=["marketplace", "analytics"],
        step=steps,
        revision=found["revision"],
    )

    too_many = {
        name: f"{len(queries)}\n{queries}" for name, queries in costs.items() if len(queries) > TOGGLE
    }
    assert not too_many, "\n".join(f"{name}: {text}" for name, text in too_many.items())
    assert stands_on(client, address, "marketplace")


def stands_on(client, address, code):
    """Tell whether the switch of a module stands on."""
    page = client.get(address).get_data(as_text=True)
    return re.search(rf'id="switch-{code}" aria-checked="true"', page) is not None


def test_a_get_never_writes(app, factory, platform, super_admin, count_queries):
    factory.vendor(platform, code="shop")
    asked, writing = 0, []
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.arguments - {"vendor_code"} or rule.rule.startswith("/assets"):
            continue
        url = "/platforms/here" + rule.build(dict.fromkeys(rule.arguments, "shop"))[1]
        with count_queries() as queries:
            response = super_admin.get(url, buffered=True)
        asked += 1
        writing += [f"{url}: {query}" for query in queries if WRITES.match(query)]
        assert response.status_code < 500, url

    assert asked > 100
    assert not writing, "\n".join(writing)
