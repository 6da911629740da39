"""Plain Flask doing the same: the same templates, queries and SQLite settings, without anything of a framework.

It translates nothing, knows one platform, keeps nothing between requests, and declares no access. Where Wizamart
draws the picture of dependencies once per state, it is given the picture for nothing.
"""

import functools
import logging
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from flask import (
    Flask,
    g,
    get_template_attribute,
    redirect,
    render_template,
    request,
    session as cookie,
    url_for,
)
from flask_wtf.csrf import CSRFProtect, generate_csrf
from jinja2 import StrictUndefined
from markupsafe import Markup
from sqlalchemy.orm import contains_eager

from modules.core.services import overview_service
from modules.core.services.overview_service import Filters, ModuleCard
from wizamart import audit, clock, database
from wizamart.app import Wizamart
from wizamart.auth.models import User, UserSession
from wizamart.auth.opaque import hash_token
from wizamart.config import ROOT, Settings
from wizamart.database import db
from wizamart.module_system.models import PlatformModule
from wizamart.platforms import Platform
from wizamart.web import templating
from wizamart.web.templating import FRAME

log = logging.getLogger(__name__)
LINKS = ("palette_url", "notifications_url", "profile_url", "theme_url", "badges_url", "platforms_url")


def make_flask(settings: Settings) -> Flask:
    """Return a bare application on the same database, with the same pragmas and an access log."""
    app = Flask("plain", root_path=str(ROOT), static_folder=None, template_folder=None)
    app.config.update(SECRET_KEY=settings.secret_key.get_secret_value(), SESSION_COOKIE_NAME="wizamart")
    database.init_app(app, database_url=settings.database_url)
    app.after_request(_log_request)
    return app


def _log_request(response: Any) -> Any:
    log.info("%s %s %s", request.method, request.path, response.status_code)
    return response


_PLATFORM = sa.select(
    Platform.id, Platform.code, Platform.name, (Platform.status == "archived").label("is_archived")
).where(Platform.code == sa.bindparam("asked"))


def read_platform(code: str) -> Any:
    """Read the one row that any application with platforms reads first."""
    with db.engine.connect() as connection:
        return connection.execute(_PLATFORM, {"asked": code}).one()


def make_portal(
    settings: Settings, ours: Wizamart, *, platform: str, menu: Any, cards: list[ModuleCard], picture: str
) -> Flask:
    """Return the modules page and the switch, written as one would write them in plain Flask."""
    app = make_flask(settings)
    CSRFProtect(app)
    _add_templates(app, ours, menu)
    known = {card.code: card for card in cards}
    drawing = Markup(picture)  # noqa: S704 - drawn by Wizamart
    for rule in ours.url_map.iter_rules():  # so that the same links can be built
        if rule.endpoint not in {"core_admin.module_list", "core_admin.activation_create"}:
            app.add_url_rule(rule.rule, rule.endpoint, _nothing, methods=sorted(rule.methods))

    @app.before_request
    def find() -> None:
        g.platform = read_platform(platform)
        g.user = read_user()

    @app.get("/admin/modules", endpoint="core_admin.module_list")
    def module_list() -> str:
        rows = overview_service.read_rows(db.session(), g.platform.id)
        tiers: dict[str, list[Any]] = {}
        card_macro, token = macro(), generate_csrf()
        for card in known.values():
            wanted, changed_at, changed_by = rows.get(card.code, (card.is_on, None, None))
            fresh = Change(card, is_on=wanted, changed_at=changed_at, changed_by=changed_by)
            tiers.setdefault(card.tier, []).append(card_macro(fresh, token))
        return render_template(
            "core/admin/module_list.html",
            filters=Filters(),
            groups=[(tier, len(found), Markup("").join(found)) for tier, found in tiers.items()],
            shown=len(known),
            counts=overview_service.count_by_state(list(known.values())),
            missing=[],
            presets=[],
            picture=drawing,
        )

    @app.post("/admin/modules/<code>/activation", endpoint="core_admin.activation_create")
    def activation_create(code: str) -> Any:
        is_on = request.form.get("_method") != "delete"
        now, session = clock.now(), db.session()
        row = session.scalars(
            sa.select(PlatformModule).where(
                PlatformModule.platform_id == g.platform.id, PlatformModule.module_code == code
            )
        ).one()
        row.is_enabled, row.enabled_at, row.enabled_by_user_id = is_on, now, g.user.id
        audit.record(
            session,
            action="modules.enable" if is_on else "modules.disable",
            target=f"module:{code}",
            actor_id=g.user.id,
            platform_id=g.platform.id,
            before={"is_enabled": not is_on},
            after={"is_enabled": is_on},
        )
        session.commit()
        if "HX-Request" not in request.headers:
            return redirect(url_for("core_admin.module_list"), 303)
        card = Change(known[code], is_on=is_on, changed_at=now, changed_by=g.user.display_name)
        return render_template(
            "core/admin/_operation_result.html",
            cards=[macro()(card, generate_csrf(), is_oob=True)],
            counts_on=len(known),
            picture=drawing,
            message="Done",
            operation_id="0",
        )

    return app


def read_user() -> User:
    """Check the session of the cookie and load its user, in one query."""
    row = db.session.scalar(
        sa.select(UserSession)
        .join(UserSession.user)
        .options(contains_eager(UserSession.user))
        .where(
            UserSession.token_hash == hash_token(cookie["_user_id"]),
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > clock.now(),
        )
    )
    assert row is not None
    return row.user


def macro() -> Callable[..., Markup]:
    return get_template_attribute("core/admin/_module_card.html", "module_card")


class Change:
    """A card with what the database says of it now."""

    def __init__(self, card: ModuleCard, **fresh: Any) -> None:
        for name in card.__slots__:
            setattr(self, name, getattr(card, name))
        self.is_wanted = fresh["is_on"]
        for name, value in fresh.items():
            setattr(self, name, value)


def _nothing(**_values: Any) -> str:
    return ""


def _say(message: str, **values: Any) -> str:
    return message % values if values else message


def _say_number(singular: str, plural: str, num: int, **values: Any) -> str:
    return (singular if num == 1 else plural) % {"num": num, **values}


@functools.cache
def _asset_url(name: str) -> str:
    return f"/assets/0123456789abcdef/{name}"


def _add_templates(app: Flask, ours: Wizamart, menu: Any) -> None:
    """Give the templates what they need as plain values; addresses in the sidebar are built for each page."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_loader = templating.loader(ours.module_templates)
    app.jinja_env.filters["datetime"] = lambda value, _style="": value.strftime("%b %d, %Y") if value else ""
    app.jinja_env.globals.update(
        _=_say,
        gettext=_say,
        ngettext=_say_number,
        asset_url=_asset_url,
        icon_url=lambda name: f"/assets/0123456789abcdef/icons.svg#{name}",
        can=lambda _code: True,
        environment="testing",
        current_vendor=None,
        impersonator=None,
    )

    @app.context_processor
    def frame() -> Mapping[str, Any]:
        return {
            **FRAME,
            **{name: url_for("core_admin.search_list") for name in LINKS},
            "current_platform": g.platform,
            "current_user": g.user,
            "menu": [
                {
                    "label": section.label,
                    "items": [
                        {
                            "id": link.id,
                            "label": link.label,
                            "icon": link.icon,
                            "url": url_for(link.endpoint),
                            "is_pinned": False,
                            "is_active": link.endpoint == request.endpoint,
                            "has_badge": link.has_badge,
                        }
                        for link in section.links
                    ],
                }
                for section in menu
            ],
            "locales": [
                {
                    "code": code,
                    "label": label,
                    "url": url_for("language.choose", lang=code, next=request.full_path),
                    "is_current": code == "en",
                }
                for code, label in (
                    ("en", "English"),
                    ("fr", "Français"),
                    ("de", "Deutsch"),
                    ("lb", "Lëtzebuergesch"),
                )
            ],
        }
