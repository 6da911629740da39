"""What every template may use: the menu, who asks, what they may do, and where modules keep their templates."""

import functools
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from flask import Flask, current_app, g, request, url_for
from flask_login import current_user
from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, PrefixLoader, StrictUndefined
from werkzeug.local import LocalProxy
from werkzeug.routing import BuildError

from wizamart.auth import login
from wizamart.config import ROOT, Settings
from wizamart.countries import country_name
from wizamart.database import db
from wizamart.feature_gate import feature_of, has_feature
from wizamart.i18n import available_locales, current_locale
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.manager import current_manager
from wizamart.module_system.menus import (
    MenuLink,
    MenuSection,
    PersonalMenu,
    group_in_sections,
    list_entries,
    mark_active,
    visible_entries,
)
from wizamart.module_system.state import ModuleState
from wizamart.permissions import NO_GRANTS, can
from wizamart.platform_context import current_vendor, request_context
from wizamart.web.access import current_state, frontend_of, is_closed
from wizamart.web.exports import excel_url
from wizamart.web.language import page_address

log = logging.getLogger(__name__)
_MENUS_KEPT = 64

# What modules may put around the pages of a frontend, and what is there if none does. Providers of `framework.frame`
# are called with `(session, *, platform_id, vendor_id, frontend)` and return some of these names with their values.
FRAME: Final[Mapping[str, Any]] = {
    "palette_url": None,
    "notifications_url": None,
    "profile_url": None,
    "theme_url": None,
    "badges_url": None,
    "platforms_url": None,
    "views_url": None,
    "exports_url": None,
    "saved_views": (),
    "shop_name": None,
    "shop_logo": None,
    "nav": (),
    "footer_nav": (),
    "theme_css_url": None,
    "account_url": None,
    "cart_url": None,
    "cart_count": 0,
    "search_url": None,
}


def loader(module_templates: Mapping[str, BaseLoader]) -> BaseLoader:
    """Return where templates are looked for: the framework's folder, and each module's under its package's name."""
    return ChoiceLoader([FileSystemLoader(ROOT / "templates"), PrefixLoader(module_templates)])


def init_app(app: Flask) -> None:
    """Give templates their globals; what costs something is computed only where it is used."""
    settings: Settings = app.extensions["settings"]
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(country=country_name, excel_url=excel_url)
    app.jinja_env.globals.update(
        can=can,
        has_feature=has_feature,
        is_module_on=is_module_on,
        environment=settings.environment,
        menu=LocalProxy(current_menu),
        current_platform=LocalProxy(_platform_or_none),
        current_vendor=LocalProxy(lambda: g.get("vendor")),
        current_frontend=LocalProxy(framed_frontend),
        locales=LocalProxy(_locales),
        impersonator=LocalProxy(_impersonator),
        session_ends_at=LocalProxy(login.session_ends_at),
        **{name: LocalProxy(functools.partial(_frame_value, name)) for name in FRAME},
        notifications_count=0,
        url_if=url_if,
    )


def framed_frontend() -> FrontendType | None:
    """Return the frontend whose frame stands around the page: the view's, or the one that an error was framed for."""
    framed: FrontendType | None = g.get("framed_frontend")
    return framed or frontend_of(request.endpoint, current_manager())


def _frame_value(name: str) -> Any:
    """Return one value of the frame around the page, asked for once a request."""
    if "frame" not in g:
        context, state = request_context(), current_state()
        frontend = framed_frontend()
        g.frame = dict(FRAME)
        if context is not None and state is not None and frontend is not None:
            vendor = g.get("vendor")
            answers = current_manager().contributions.collect(
                "framework.frame",
                state,
                db.session(),
                platform_id=context.platform.id,
                vendor_id=vendor.id if vendor else None,
                frontend=frontend,
            )
            for code, values in answers:
                if isinstance(values, Mapping):
                    g.frame.update(values)
                else:
                    log.error("contribution_failed", extra={"hook": "framework.frame", "module_code": code})
    return g.frame[name]


def _platform_or_none() -> Any:
    context = request_context()
    return context.platform if context else None


def _impersonator() -> Any:
    """Return the super admin who acts as the person that is signed in, if somebody does."""
    own = login.current_session()
    return own.impersonator if own is not None else None


def is_module_on(code: str) -> bool:
    """Tell a template whether a module is in effect."""
    state = current_state()
    return state is not None and code in state.effective


def url_if(endpoint: str, **values: Any) -> str | None:
    """Return a URL, or None where its module is off or the vendor's subscription closes it."""
    return None if is_closed(endpoint) else _url_if_mounted(endpoint, **values)


def _url_if_mounted(endpoint: str, **values: Any) -> str | None:
    try:
        return url_for(endpoint, **values)
    except BuildError:
        return None


def _locales() -> list[dict[str, Any]]:
    here = current_locale()
    if g.get("locales_for") == here:
        return list(g.locales)
    g.locales_for = here
    g.locales = [
        {
            "code": code,
            "label": label,
            "url": url_for("language.choose", lang=code, next=page_address()),
            "is_current": code == here,
        }
        for code, label in available_locales()
    ]
    return list(g.locales)


def current_menu() -> tuple[MenuSection, ...]:
    """Return the sidebar of the frontend that the request is in, built once a request."""
    if "menu" not in g:
        state, frontend = current_state(), frontend_of(request.endpoint, current_manager())
        if state is None or frontend not in {
            FrontendType.ADMIN,
            FrontendType.VENDOR,
            FrontendType.STOREFRONT,
        }:
            g.menu = ()
        else:
            g.menu = mark_active(_open_sections(_kept_menu(state, frontend)), request.endpoint)
    menu: tuple[MenuSection, ...] = g.menu
    return menu


def _kept_menu(state: ModuleState, frontend: FrontendType) -> tuple[MenuSection, ...]:
    """Return the menu as far as it depends on revision, permissions, language and address, and keep it."""
    personal = PersonalMenu.from_preferences(current_user.preferences, frontend)
    vendor = current_vendor.code if g.get("vendor") else None
    permissions = g.get("grants", NO_GRANTS).permissions
    key = (frontend, permissions, str(current_locale()), request.script_root, vendor, personal)
    kept: tuple[MenuSection, ...] | None = state.cache.get(key)
    if kept is None:
        kept = _build_menu(state, frontend, permissions, personal)
        state.cache[key] = kept
        while len(state.cache) > _MENUS_KEPT:
            state.cache.popitem(last=False)
    return kept


def _build_menu(
    state: ModuleState, frontend: FrontendType, permissions: frozenset[str], personal: PersonalMenu
) -> tuple[MenuSection, ...]:
    entries = visible_entries(
        list_entries(current_manager().registry, state, frontend), permissions, personal
    )
    links = {}
    for entry in entries:
        url = _url_if_mounted(entry.item.endpoint)
        if url is not None:
            links[entry.item.id] = MenuLink(
                id=entry.item.id,
                label=str(entry.item.label),
                icon=entry.item.icon,
                url=url,
                endpoint=entry.item.endpoint,
                feature=entry.item.feature or feature_of(current_app, entry.item.endpoint),
                is_pinned=entry.item.id in personal.pinned,
                has_badge=entry.item.badge is not None,
                covers=entry.item.covers,
            )
    return group_in_sections(entries, links)


def _open_sections(sections: tuple[MenuSection, ...]) -> tuple[MenuSection, ...]:
    """Leave out what the vendor's subscription does not include; asks only if some entry names a feature."""
    if not any(link.feature for section in sections for link in section.links):
        return sections
    filtered = (
        replace(
            section,
            links=tuple(link for link in section.links if link.feature is None or has_feature(link.feature)),
        )
        for section in sections
    )
    return tuple(section for section in filtered if section.links)
