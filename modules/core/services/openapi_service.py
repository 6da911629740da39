"""The OpenAPI 3.1 document, made of the URL map and of what the API's views say about themselves."""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Protocol

from pydantic import BaseModel

from modules.core.schemas.api import Problem
from wizamart.openapi import Described, described_of
from wizamart.permissions import access_of

PREFIX: Final = "/api/v1"
QUERY: Final = {
    "cursor": {"type": "integer", "minimum": 0},
    "limit": {"type": "integer", "minimum": 1, "maximum": 200},
}
METHODS: Final = ("GET", "PUT", "POST", "PATCH", "DELETE")
_PARAMETER = re.compile(r"<(?:(?P<kind>\w+)(?:\([^)]*\))?:)?(?P<name>\w+)>")


class Rule(Protocol):
    """What is needed of a routing rule."""

    rule: str
    endpoint: str
    methods: set[str] | None


def build_document(
    rules: Iterable[Rule], views: Mapping[str, Callable[..., Any]], *, server: str, version: str
) -> dict[str, Any]:
    """Return the document of the API as it is mounted: what is off is not in it."""
    schemas: dict[str, Any] = {"Problem": _schema(Problem, {})}
    paths: dict[str, dict[str, Any]] = {}
    for rule in sorted(rules, key=lambda rule: rule.rule):
        if not rule.rule.startswith(PREFIX):
            continue
        path = _PARAMETER.sub(lambda found: f"{{{found['name']}}}", rule.rule)
        for method in METHODS:
            if method in (rule.methods or set()):
                view = views[rule.endpoint]
                paths.setdefault(path, {})[method.lower()] = _operation(rule, method, view, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Wizamart", "version": version},
        "servers": [{"url": server}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "opaque or JWT"}
            },
            "schemas": schemas,
        },
    }


def _operation(rule: Rule, method: str, view: Callable[..., Any], schemas: dict[str, Any]) -> dict[str, Any]:
    described = described_of(view)
    access = access_of(view)
    operation: dict[str, Any] = {
        "operationId": f"{rule.endpoint.partition('.')[2]}_{method.lower()}",
        "summary": (inspect.getdoc(view) or rule.endpoint).splitlines()[0],
        "tags": [rule.endpoint.partition("_api")[0]],
        "parameters": [*_path_parameters(rule), *_headers(method, described), *_query(described)],
        "responses": {
            str(described.status if described else 200): _done(described, schemas),
            "default": {
                "description": "Refused",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        },
    }
    if access is not None and access.is_public:
        operation["security"] = []
    if access is not None and access.permission:
        operation["x-permission"] = access.permission
    if described is not None and described.body is not None:
        operation["requestBody"] = {"required": True, **_content(described.body(), schemas)}
    return operation


def _done(described: Described | None, schemas: dict[str, Any]) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done"}
    if described is None:
        return done
    if described.tag is not None:
        done["headers"] = {"ETag": {"description": "For `If-Match`", "schema": {"type": "string"}}}
    return done if described.answer is None else done | _content(described.answer(), schemas)


def _path_parameters(rule: Rule) -> list[dict[str, Any]]:
    return [
        {
            "name": found["name"],
            "in": "path",
            "required": True,
            "schema": {"type": "integer" if found["kind"] == "int" else "string"},
        }
        for found in _PARAMETER.finditer(rule.rule)
    ]


def _headers(method: str, described: Described | None) -> list[dict[str, Any]]:
    if method == "GET" or described is None or not described.once:
        return []
    names = ("Idempotency-Key", "If-Match") if method in {"PUT", "PATCH", "DELETE"} else ("Idempotency-Key",)
    return [{"name": name, "in": "header", "required": False, "schema": {"type": "string"}} for name in names]


def _query(described: Described | None) -> list[dict[str, Any]]:
    names = described.query if described is not None else ()
    return [{"name": name, "in": "query", "required": False, "schema": QUERY[name]} for name in names]


def _content(model: type[BaseModel], schemas: dict[str, Any]) -> dict[str, Any]:
    schemas.setdefault(model.__name__, _schema(model, schemas))
    return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}}}


def _schema(model: type[BaseModel], schemas: dict[str, Any]) -> dict[str, Any]:
    """Return a model's schema, and put the models inside it beside it."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    for name, inner in schema.pop("$defs", {}).items():
        schemas.setdefault(name, inner)
    return schema
