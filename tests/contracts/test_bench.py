"""The bench compares with plain Flask on the portal's own templates: what these begin to need, it must give."""

from tests.bench import figures
from tests.bench.measure import Caller
from tests.bench.plain import make_portal
from tests.bench.world import PLATFORM, Databases, make_app
from wizamart.module_system.registry import discover


def test_plain_flask_renders_the_modules_page_and_switches(tmp_path):
    settings = Databases.below(tmp_path).new()
    app, who = make_app(settings, discover(), on=figures.ON)
    menu, cards, picture = figures._look_of(app)
    plain = make_portal(settings, app, platform=PLATFORM, menu=menu, cards=cards, picture=picture)

    assert b"Inventory" in Caller(plain, "/admin/modules", **who)()
    for headers, status in (({"HX-Request": "true"}, 200), ({}, 303)):
        switch = figures._switch(
            plain, "/admin/modules/analytics/activation", who["headers"] | headers, status
        )
        switch()
        switch()
