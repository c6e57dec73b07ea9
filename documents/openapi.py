"""The HTTP API as an OpenAPI 3.1 document, made from the code.

https://spec.openapis.org/oas/v3.1.1
"""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from typing import TYPE_CHECKING, Any

from documents import answers
from documents.operations import ID, OPERATIONS, TAGS, Operation
from documents.schemas import REFERENCE, parameters_of, schemas_of
from notificationd.api import rate_limits
from notificationd.api.idempotency import HEADER, REPLAYED
from notificationd.api.models import USER_ID
from notificationd.api.problems import CONTENT_TYPE, catalogue
from notificationd.domain.template_choice import NAME
from notificationd.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notificationd.api.http import HttpApi
    from notificationd.api.problems import Kind
    from notificationd.domain.identity import Scope

type Json = dict[str, Any]

FUNCTIONS = ("send", "list", "inbox", "users", "templates", "dead_letters", "accounting")
EVERYWHERE = ("unauthenticated", "forbidden", "internal_error", "unavailable")
"""Codes that any route may answer with."""
WITH_BODY = ("not_json", "too_large")
WITH_KEY = ("request_in_flight", "idempotency_key_reused")
KINDS: dict[str, Kind] = {kind.code: kind for kind in catalogue()}
_JSON = "application/json"
_PARAMETERS: dict[str, Json] = {
    "id": {
        "description": "Your own id for the user.",
        "schema": USER_ID["anyOf"][1],
        "example": "4",
    },
    "notification_id": {
        "description": "The notification's id.",
        "schema": {"type": "string", "minLength": 1},
        "example": ID,
    },
    "name": {
        "description": "The template's name.",
        "schema": {"type": "string", "pattern": f"^{NAME.pattern}$"},
        "example": "shipped",
    },
}
_HEADERS: dict[str, Json] = {
    rate_limits.RETRY_AFTER: {
        "description": "Seconds to wait before the request is made again.",
        "schema": {"type": "integer", "minimum": 1},
    },
    REPLAYED: {
        "description": "`true`: this is the answer to an earlier request with the same key.",
        "schema": {"const": "true"},
    },
    rate_limits.LIMIT: {
        "description": "How many at once, of the limit with the least left.",
        "schema": {"type": "integer", "minimum": 1},
    },
    rate_limits.REMAINING: {
        "description": "How many more now.",
        "schema": {"type": "integer", "minimum": 0},
    },
    rate_limits.RESET: {
        "description": "Seconds until all of them are there again.",
        "schema": {"type": "integer", "minimum": 0},
    },
    rate_limits.POLICY: {
        "description": "The limit: so many in a window of so many seconds.",
        "schema": {"type": "string"},
        "example": "5;w=3600",
    },
    "WWW-Authenticate": {
        "description": "What kind of credentials is asked for.",
        "schema": {"const": "Bearer"},
    },
}
_LIMITS = (rate_limits.LIMIT, rate_limits.REMAINING, rate_limits.RESET, rate_limits.POLICY)


def document() -> Json:
    """Return the document."""
    paths: dict[str, Json] = {}
    for key, operation in OPERATIONS.items():
        method, path = key.split(" ")
        paths.setdefault(path, {})[method.lower()] = _operation(key, operation)
    paths["/health"] = {"get": _health()}
    bodies = [each.body for each in OPERATIONS.values() if each.body]
    given = [each.answer for each in OPERATIONS.values()]
    ours = [*given, answers.Health, answers.Problem, answers.GatewayError]
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "notificationd",
            "version": VERSION,
            "summary": "Email, SMS and live in-app notifications.",
            "description": (
                "Every answer is JSON. Errors are problem details (RFC 9457) with a stable `code`."
                " `/docs` has a guide, and `/asyncapi.json` the WebSocket API."
            ),
        },
        "servers": [{"url": "/", "description": "Where this document comes from."}],
        "tags": [{"name": tag} for tag in TAGS],
        "paths": paths,
        "components": {
            "schemas": schemas_of(_unique(bodies), _unique(ours)),
            "securitySchemes": {
                "apiKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key, with the scopes that it was created with.",
                },
                "userToken": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "A user's token: it opens this user's inbox, and nothing else.",
                },
            },
        },
    }


def routes() -> dict[str, tuple[Scope, bool, Any]]:
    """Return the functions' routes: scope, whether the user's token opens it, what answers."""
    found: dict[str, tuple[Scope, bool, Any]] = {}
    for name in FUNCTIONS:
        handler: HttpApi = import_module(f"functions.{name}.app").handler
        found |= {key: handler.registered(key) for key in handler.route_keys}
    return found


def _unique(types: Iterable[type]) -> list[type]:
    return list(dict.fromkeys(types))


def _operation(key: str, operation: Operation) -> Json:
    scope, owner, function = routes()[key]
    summary, _, rest = inspect.cleandoc(function.__doc__).partition("\n")
    made: Json = {
        "operationId": function.__name__,
        "tags": [operation.tag],
        "summary": summary.rstrip("."),
        "description": f"An API key needs the scope `{scope}`." + (f" {rest}" if rest else ""),
        "security": [{"apiKey": [str(scope)]}, *([{"userToken": []}] if owner else [])],
    }
    parameters = [
        {"name": name, "in": "path", "required": True, **_PARAMETERS[name]}
        for name in re.findall(r"\{(\w+)\}", key)
    ]
    if operation.query:
        parameters += parameters_of(operation.query)
    if operation.is_keyed:
        parameters.append(_key_parameter())
    if parameters:
        made["parameters"] = parameters
    if operation.body:
        made["requestBody"] = {
            "required": not operation.is_body_optional,
            "content": {
                _JSON: {
                    "schema": _reference(operation.body),
                    "examples": {name: {"value": value} for name, value in operation.sent.items()},
                }
            },
        }
    made["responses"] = {
        **{str(status): _success(operation, text) for status, text in operation.statuses.items()},
        **_problems(operation),
    }
    return made


def _key_parameter() -> Json:
    return {
        "name": HEADER,
        "in": "header",
        # No `example`: whoever plays all examples would give different bodies one key.
        "description": "The same key (`order-17-shipped`, say) with the same body makes one"
        " notification, within 24 hours.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    }


def _success(operation: Operation, text: str) -> Json:
    named = [
        *([REPLAYED] if operation.is_keyed else []),
        *(_LIMITS if operation.is_limited else ()),
    ]
    answer: Json = {"description": text}
    if named:
        answer["headers"] = {name: _HEADERS[name] for name in named}
    answer["content"] = {
        _JSON: {"schema": _reference(operation.answer), "example": operation.example}
    }
    if operation.links:
        found = routes()
        named_by_id = {found[key][2].__name__: given for key, given in operation.links.items()}
        answer["links"] = {
            operation_id: {"operationId": operation_id, "parameters": dict(given)}
            for operation_id, given in named_by_id.items()
        }
    return answer


def _problems(operation: Operation) -> dict[str, Json]:
    """Return the answers to what goes wrong, by status. 429 is API Gateway's own everywhere."""
    codes = [
        *EVERYWHERE,
        *operation.codes,
        *(WITH_BODY if operation.body else ()),
        *(WITH_KEY if operation.is_keyed else ()),
        *(["rate_limited"] if operation.is_limited else []),
    ]
    by_status: dict[int, list[Kind]] = {429: []}
    for code in codes:
        by_status.setdefault(int(KINDS[code].status), []).append(KINDS[code])
    return {
        str(status): _problem(status, kinds, is_limited=operation.is_limited)
        for status, kinds in sorted(by_status.items())
    }


def _problem(status: int, kinds: list[Kind], *, is_limited: bool) -> Json:
    """Return an answer that says what went wrong."""
    codes = ", ".join(f"`{kind.code}`" for kind in kinds)
    from_gateway = status in {401, 429, 500, 503}
    said = [f"{codes}."] if kinds else []
    if from_gateway:
        said.append("API Gateway's own answer has a `message` alone.")
    content: Json = {}
    if kinds:
        content[CONTENT_TYPE] = {
            "schema": _reference(answers.Problem),
            "examples": {kind.code: {"value": example_of(kind)} for kind in kinds},
        }
    if from_gateway:
        content[_JSON] = {
            "schema": _reference(answers.GatewayError),
            "example": {"message": "Unauthorized" if status == 401 else "Too Many Requests"},  # noqa: PLR2004
        }
    answer: Json = {"description": " ".join(said)}
    names = {name for kind in kinds for name in kind.headers}
    names |= {rate_limits.RETRY_AFTER} if status in {409, 429} and kinds else set()
    names |= set(_LIMITS) if status == 429 and is_limited else set()  # noqa: PLR2004
    if names:
        answer["headers"] = {name: _HEADERS[name] for name in sorted(names)}
    answer["content"] = content
    return answer


def example_of(kind: Kind) -> Json:
    """Return a problem of some kind, as it is answered."""
    detail = kind.detail or "What is wrong this time."
    body: Json = {
        "type": kind.type,
        "title": kind.title,
        "status": int(kind.status),
        "detail": detail,
        "code": kind.code,
        "error": detail,
    }
    if kind.code == "invalid_request":
        body["errors"] = [{"field": "content", "code": "missing", "detail": "is missing"}]
    return body


def _health() -> Json:
    return {
        "operationId": "get_health",
        "tags": [TAGS[-1]],
        "summary": "Say that API Gateway reaches our functions",
        "description": "For anybody; it asks nobody else.",
        "security": [],
        "responses": {
            "200": {
                "description": "It does.",
                "content": {
                    _JSON: {
                        "schema": _reference(answers.Health),
                        "example": {"status": "ok", "version": VERSION},
                    }
                },
            },
            "429": _problem(429, [], is_limited=False),
        },
    }


def _reference(kind: type) -> Json:
    return {"$ref": REFERENCE.format(model=kind.__name__)}
