"""How the API's views answer: models as JSON, once per idempotency key, described for the OpenAPI document."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response, jsonify, request
from flask_login import current_user
from pydantic import BaseModel

from modules.core.services import idempotency_service
from wizamart import clock
from wizamart.database import db
from wizamart.exceptions import BadRequest, InvalidInput
from wizamart.i18n import gettext as _
from wizamart.module_system.config_errors import validate
from wizamart.numbers import whole_number
from wizamart.openapi import Described, describe

View = Callable[..., BaseModel | tuple[BaseModel, int]]
M = TypeVar("M", bound=BaseModel)
HTTP_OK = 200


def answers(
    model: Callable[[], type[BaseModel]],
    *,
    body: Callable[[], type[BaseModel]] | None = None,
    query: tuple[str, ...] = (),
    tag: str | None = None,
) -> Callable[[View], Callable[..., Response]]:
    """Let a view return a model; a changing request with an `Idempotency-Key` is carried out once.

    The models are asked for when the API is described.
    `tag` is the field of the model that is sent as `ETag`, for the `If-Match` of a change (RFC 9110, section 8.8.3).
    """

    def wrap(view: View) -> Callable[..., Response]:
        @functools.wraps(view)
        def answer(**values: Any) -> Response:
            key = request.headers.get("Idempotency-Key") if request.method != "GET" else None
            done = _respond(*_carry_out(view, values)) if key is None else _once(view, values, key)
            if tag is not None:
                done.set_etag(str(done.get_json()[tag]))
            return done

        return describe(Described(answer=model, body=body, query=query, tag=tag, once=True))(answer)

    return wrap


def _carry_out(view: View, values: dict[str, Any]) -> tuple[Any, int]:
    result = view(**values)
    model, status = result if isinstance(result, tuple) else (result, HTTP_OK)
    return model.model_dump(mode="json"), status


def _once(view: View, values: dict[str, Any], key: str) -> Response:
    """Answer as the first time if there was one."""
    if len(key) > idempotency_service.LONGEST_KEY:
        raise BadRequest
    session = db.session()
    path = request.script_root + request.full_path
    fingerprint = idempotency_service.fingerprint_of(request.method, path, request.get_data())
    kept = idempotency_service.find_answer(session, user_id=current_user.id, key=key, fingerprint=fingerprint)
    if kept is not None:
        response = _respond(kept[1], kept[0])
        response.headers["Idempotency-Replayed"] = "true"
        return response
    body, status = _carry_out(view, values)
    idempotency_service.keep_answer(
        session,
        user_id=current_user.id,
        key=key,
        fingerprint=fingerprint,
        status=status,
        body=body,
        at=clock.now(),
    )
    return _respond(body, status)


def _respond(body: Any, status: int) -> Response:
    response = jsonify(body)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def read_body(model: type[M]) -> M:
    """Return what was sent.

    :raises BadRequest: when it is no JSON object.
    :raises InvalidInput: with a message at each field that is missing, unknown or of another kind.
    """
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict):
        raise BadRequest
    value, errors = validate(model, sent)
    if value is None:
        raise InvalidInput(errors)
    return value


def read_limit(default: int = 50, largest: int = 200) -> int:
    """Return how many entries a page of the API holds.

    :raises InvalidInput: when something else than a number of at least 1 is asked for.
    """
    return min(_read_number("limit", least=1) or default, largest)


def read_cursor() -> int | None:
    """Return where a page of the API begins: behind the row of this number.

    :raises InvalidInput: when it is none that an answer has given.
    """
    return _read_number("cursor", least=0)


def _read_number(name: str, *, least: int) -> int | None:
    given = request.args.get(name)
    if given is None:
        return None
    try:
        number = whole_number(given)
    except ValueError:
        number = least - 1
    if number < least:
        raise InvalidInput({name: [_("Enter a whole number of %(least)s or more.", least=least)]})
    return number
