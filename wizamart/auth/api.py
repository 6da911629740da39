"""Tokens of the JSON API: a password for a pair, a refresh token for the next pair, and giving both up."""

from http import HTTPStatus
from typing import TypeVar

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wizamart import clock
from wizamart.auth import login, sign_in, token_service
from wizamart.auth.csrf import csrf
from wizamart.auth.exceptions import SecondFactorMissing, SecondFactorNeeded, TokenInvalid
from wizamart.auth.password_service import MAX_LENGTH
from wizamart.auth.session_service import SessionStage
from wizamart.auth.token_service import TokenPair
from wizamart.database import db
from wizamart.exceptions import InvalidInput
from wizamart.openapi import Described, describe
from wizamart.permissions import public, signed_in
from wizamart.schema import Schema

Grant = TypeVar("Grant", bound=BaseModel)

bp = Blueprint("auth_api", __name__, url_prefix="/api/v1/tokens")


class PasswordGrant(Schema):
    """What to send for a first pair; `otp` where the account has a second factor."""

    model_config = ConfigDict(extra="forbid")

    email: str = Field(min_length=1, max_length=254)
    password: str = Field(min_length=1, max_length=MAX_LENGTH)
    otp: str | None = Field(default=None, max_length=40)


class RefreshGrant(Schema):
    """What to send for the next pair."""

    model_config = ConfigDict(extra="forbid")

    refresh_token: str = Field(min_length=1, max_length=200)


class TokenPairOut(Schema):
    """A pair of tokens; `expires_in` is of the access token, in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int
    token_type: str


@bp.post("")
@describe(Described(lambda: TokenPairOut, lambda: PasswordGrant, status=HTTPStatus.CREATED))
@csrf.exempt  # looks at no cookie and sets none
@public
def token_create() -> Response:
    """Exchange address, password and, where there is a second factor, a code for a pair of tokens."""
    grant = _read(PasswordGrant)
    session, now = db.session(), clock.now()
    user = sign_in.check_password(session, email=grant.email, password=grant.password, at=now)
    stage = login.stage_of(user, second_factor_at=None)
    if stage is SessionStage.SETUP:
        raise SecondFactorMissing
    if stage is SessionStage.SECOND_FACTOR:
        if not grant.otp:
            raise SecondFactorNeeded
        sign_in.check_code(session, user, code=grant.otp, at=now)
    pair = token_service.issue(
        session,
        user,
        at=now,
        ip=request.remote_addr,
        user_agent=request.user_agent.string,
        second_factor_at=now if stage is SessionStage.SECOND_FACTOR else None,
    )
    return _answer(pair, HTTPStatus.CREATED)


@bp.post("/refresh")
@describe(Described(lambda: TokenPairOut, lambda: RefreshGrant))
@csrf.exempt  # as above
@public
def token_refresh() -> Response:
    """Exchange a refresh token, which works once, for a new pair."""
    grant = _read(RefreshGrant)
    return _answer(sign_in.refresh_tokens(db.session(), grant.refresh_token, at=clock.now()), HTTPStatus.OK)


@bp.delete("/current")
@describe(Described(None, status=HTTPStatus.NO_CONTENT))
@signed_in
def token_delete() -> Response:
    """Give up the token that is shown, and every other that came from the same sign-in."""
    found = login.current_sign_in()
    if found is None or found.grant is None:
        raise TokenInvalid
    token_service.revoke_family(db.session(), found.grant.family, at=clock.now())
    return Response(status=HTTPStatus.NO_CONTENT)


def _read(model: type[Grant]) -> Grant:
    """Return what was sent.

    :raises InvalidInput: with a message at each field that is missing, unknown or of another kind.
    """
    try:
        return model.model_validate(request.get_json(silent=True) or {})
    except ValidationError as error:
        errors: dict[str, list[str]] = {}
        for problem in error.errors(include_url=False, include_input=False):
            errors.setdefault(".".join(str(part) for part in problem["loc"]), []).append(problem["msg"])
        raise InvalidInput(errors) from None


def _answer(pair: TokenPair, status: HTTPStatus) -> Response:
    response = jsonify(TokenPairOut.model_validate(pair, from_attributes=True).model_dump(mode="json"))
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
