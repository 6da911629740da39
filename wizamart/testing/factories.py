"""Makers of rows: each works inside the test's transaction if there is one, and commits one of its own if not."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from flask import Flask, has_app_context
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session

from wizamart import clock, permissions
from wizamart.auth import session_service, user_service
from wizamart.auth.login import COOKIE_KEY
from wizamart.auth.models import User
from wizamart.database import db, unit_of_work
from wizamart.module_system import service as module_service
from wizamart.platforms import Platform, Vendor, VendorPlatform, VendorStatus

Row = TypeVar("Row")


class Factory:
    """Makes platforms, vendors and people with names that do not repeat."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._numbers = itertools.count(1)

    def platform(
        self, code: str | None = None, *, modules: Sequence[str] = (), **attributes: Any
    ) -> Platform:
        """Make a platform with these optional modules on, and what they require."""
        code = code or f"platform-{next(self._numbers)}"
        with self._transaction() as session:
            platform = Platform(
                **{"code": code, "name": code.title(), "created_at": clock.now(), **attributes}
            )
            session.add(platform)
            session.flush()  # modules need the id
            for module in modules:
                module_service.enable_module(session, platform.id, module)
            return self._loaded(session, platform)

    def vendor(self, *platforms: Platform, code: str | None = None, **attributes: Any) -> Vendor:
        """Make an active vendor that sells on these platforms."""
        code = code or f"vendor-{next(self._numbers)}"
        values = {
            "name": code.title(),
            "status": VendorStatus.ACTIVE,
            "created_at": clock.now(),
            **attributes,
        }
        with self._transaction() as session:
            vendor = Vendor(code=code, **values)
            session.add(vendor)
            session.flush()  # its platforms need the id
            session.add_all(VendorPlatform(vendor_id=vendor.id, platform_id=one.id) for one in platforms)
            return self._loaded(session, vendor)

    def user(
        self,
        email: str | None = None,
        *,
        password: str | None = None,
        is_super_admin: bool = False,
        admin_of: Platform | None = None,
        owner_of: Vendor | None = None,
        staff_of: Vendor | None = None,
        **attributes: Any,
    ) -> User:
        """Make a person with the built-in roles that are asked for."""
        email = email or f"person-{next(self._numbers)}@wizamart.test"
        with self._transaction() as session:
            user = user_service.create_user(
                session,
                email=email,
                display_name=attributes.pop("display_name", email.partition("@")[0].title()),
                password=password,
                is_super_admin=is_super_admin,
                at=clock.now(),
            )
            for name, value in attributes.items():
                setattr(user, name, value)
            roles = permissions.ensure_builtin_roles(session)
            for role, tenant in (
                ("platform-admin", {"platform_id": admin_of and admin_of.id}),
                ("vendor-owner", {"vendor_id": owner_of and owner_of.id}),
                ("vendor-staff", {"vendor_id": staff_of and staff_of.id}),
            ):
                if any(tenant.values()):
                    permissions.assign_role(session, roles[role], user_id=user.id, **tenant)
            return self._loaded(session, user)

    def sign_in(self, client: FlaskClient, user: User, *, base_url: str = "http://localhost") -> None:
        """Sign somebody in at a client; its requests carry a CSRF token from then on."""
        with self._transaction() as session:
            now = clock.now()
            owner = user_service.get_user(session, user.id)
            _row, token = session_service.open_session(
                session, owner, at=now, ip=None, user_agent="tests", second_factor_at=now
            )
        with self.app.test_request_context(base_url=base_url):
            csrf_token = generate_csrf()
            from flask import session as cookie

            raw = cookie["csrf_token"]
        with client.session_transaction(base_url=base_url) as stored:
            stored[COOKIE_KEY] = token
            stored["csrf_token"] = raw
            stored.permanent = True
        client.environ_base["HTTP_X_CSRFTOKEN"] = csrf_token

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        if has_app_context():
            with unit_of_work() as session:
                yield session
            return
        with self.app.app_context(), unit_of_work() as session:
            yield session

    @staticmethod
    def _loaded(session: Session, row: Row) -> Row:
        """Return the row with its values loaded, and detached where its session ends with the factory."""
        session.flush()  # so that there is something to load
        session.refresh(row)
        if not db.session().info.get("is_test"):
            session.expunge(row)
        return row
