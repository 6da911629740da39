"""Two installed modules in which everything fails that can fail: one while it works, one while it is loaded."""

from wizamart.module_system.definition import FrontendType, MenuItem, ModuleDefinition

FILES = {
    "__init__.py": "",
    "events.py": """
from pydantic import BaseModel
from wizamart.module_system.events import DomainEvent
class Happened(BaseModel):
    name: str
at_once = DomainEvent("breaker.at_once", Happened)
later = DomainEvent("breaker.later", Happened)
""",
    "handlers.py": """
from wizamart.module_system.events import ModuleEvent, module_event_bus, on
heard, told = [], []
@module_event_bus.subscribe(ModuleEvent.ENABLED)
def note(data):
    told.append((data.platform_id, data.module_code))
@on("breaker.at_once", mode="in_transaction")
def refuse(session, event):
    heard.append(event.name)
    raise LookupError("no such shelf")
@on("breaker.later")
def fail(session, event):
    heard.append(event.name)
    raise LookupError("no such shelf")
""",
    "tasks.py": """
from datetime import timedelta
from wizamart.queue.registry import schedule, task
done = []
@task("breaker.work")
def work(context):
    done.append(context.platform_id)
@schedule("breaker.tick", every=timedelta(hours=1))
def tick(context):
    done.append(context.platform_id)
""",
    "hooks.py": """
import threading
import sqlalchemy as sa
from wizamart.database import db
release = threading.Event()
release.set()
def check():
    release.wait(30)
def spoil(*_arguments):
    db.session.execute(sa.text("SELECT shelf FROM a_table_that_is_not_there"))
""",
    "contributions.py": """
from acme_breaker.hooks import spoil
from modules.core.schemas.dashboard import DashboardCard
from wizamart.database import db
from wizamart.module_system.contributions import contributes
from wizamart.platforms import Platform
@contributes("core.dashboard_card", order=0)
def broken_card(session, **_arguments):
    raise LookupError("no such shelf")
@contributes("core.dashboard_card", order=1)
def spoiling_card(session, **_arguments):
    spoil()
@contributes("core.dashboard_card", order=2)
def writing_card(session, **_arguments):
    session.add(Platform(code="unwanted"))
@contributes("core.dashboard_card", order=3)
def half_a_card(session, **_arguments):
    yield DashboardCard(title="Half a card", value=1, icon="box", url="/")
    raise LookupError("no such shelf")
@contributes("core.dashboard_card", order=999)
def good_card(session, **_arguments):
    return DashboardCard(title="A good card", value=1, icon="box", url="/")
@contributes("core.search", order=0)
def broken_search(session, **_arguments):
    spoil()
@contributes("core.search", order=1)
def odd_search(session, **_arguments):
    return ["no result at all"]
@contributes("framework.frame", order=0)
def broken_frame(session, **_arguments):
    spoil()
@contributes("framework.frame", order=1)
def odd_frame(session, **_arguments):
    return "no frame at all"
@contributes("core.notifications", order=0)
def broken_notifications(session, **_arguments):
    spoil()
""",
    "routes/__init__.py": "",
    "routes/admin.py": """
from flask import render_template
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.mounting import module_blueprint
from wizamart.permissions import requires
bp = module_blueprint("breaker", FrontendType.ADMIN)
@bp.get("/breaker")
@bp.get("/breaker/<page>")
@requires("breaker:shelf:read")
def shelf_list(page="fine"):
    return render_template(f"breaker/{page}.html")
""",
    "templates/fine.html": '{% extends "layouts/admin.html" %}{% block page_title %}Shelves{% endblock %}',
    "templates/syntax.html": '{% extends "layouts/admin.html" %}{% block content %}{% if %}{% endblock %}',
    "templates/undefined.html": '{% extends "layouts/admin.html" %}{% block content %}{{ shelf.name }}{% endblock %}',
}
FAULTY_FILES = {
    "__init__.py": "",
    "routes/__init__.py": "",
    "routes/admin.py": "import a_package_that_is_not_there",
    "handlers.py": """
from wizamart.module_system.events import ModuleEvent, module_event_bus
told = []
@module_event_bus.subscribe(ModuleEvent.ENABLED)
def note(data):
    told.append(data)
""",
}

BREAKER = ModuleDefinition(
    code="breaker",
    name="Shelf breaker",
    package="acme_breaker",
    permissions=("breaker:shelf:read",),
    health_check="acme_breaker.hooks:check",
    count_rows="acme_breaker.hooks:spoil",
    can_disable="acme_breaker.hooks:spoil",
    menu_items={
        FrontendType.ADMIN: (
            MenuItem(
                id="shelves",
                label="Shelves",
                endpoint="breaker_admin.shelf_list",
                permission="breaker:shelf:read",
                badge="acme_breaker.hooks:spoil",
            ),
        )
    },
)
FAULTY = ModuleDefinition(code="faulty", name="Faulty", package="acme_faulty")
PACKAGES = {"acme_breaker": FILES, "acme_faulty": FAULTY_FILES}
