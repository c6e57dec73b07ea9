"""The sandbox's own routes: what was captured, which faults are active, and the page."""

import json
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from secrets import token_urlsafe
from typing import Final

from aiohttp import web

from local.sandbox.errors import InvalidFieldsError
from local.sandbox.exchange import Message
from local.sandbox.fault_rules import parse
from local.sandbox.faults import Fault
from local.sandbox.provider_calls import SANDBOX
from local.sandbox.store import Attempt, matching

_PAGE: Final = Path(__file__).with_name("page.html").read_text(encoding="utf-8")
_MESSAGE_FILTERS: Final = frozenset({"provider", "to", "notification_id"})
_REQUEST_FILTERS: Final = _MESSAGE_FILTERS | {"outcome"}
_LIMIT: Final = re.compile(r"[1-9][0-9]{0,4}", re.ASCII)


@web.middleware
async def problems(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer the sandbox's own errors as RFC 9457 wants it."""
    try:
        return await handler(request)
    except InvalidFieldsError as error:
        status = HTTPStatus.UNPROCESSABLE_CONTENT
        return _problem(status, "invalid_fields", str(error), error.errors)


def _problem(
    status: HTTPStatus, code: str, detail: str, errors: Mapping[str, str] | None = None
) -> web.Response:
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "code": code,
        "detail": detail,
        "errors": [{"field": name, "detail": text} for name, text in (errors or {}).items()],
    }
    return web.json_response(body, status=status, content_type="application/problem+json")


async def health(_request: web.Request) -> web.Response:
    """`GET /health`: the sandbox is up."""
    return web.json_response({"status": "ok"})


async def page(_request: web.Request) -> web.Response:
    """`GET /`: the page. Its policy runs the page's own script and style, and nothing else."""
    nonce = token_urlsafe(16)
    policy = (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return web.Response(
        text=_PAGE.replace("{nonce}", nonce),
        content_type="text/html",
        charset="utf-8",
        headers={"Content-Security-Policy": policy, "Cache-Control": "no-store"},
    )


async def get_messages(request: web.Request) -> web.Response:
    """`GET /messages?provider=&to=&notification_id=&limit=`: what was accepted, newest last."""
    entries = request.app[SANDBOX].store.messages
    found = _select(request, entries, _MESSAGE_FILTERS)
    return web.json_response({"messages": [_message_json(message) for message in found]})


async def delete_messages(request: web.Request) -> web.Response:
    """`DELETE /messages`: forget all messages."""
    request.app[SANDBOX].store.messages.clear()
    return _no_content()


async def get_requests(request: web.Request) -> web.Response:
    """`GET /requests?provider=&to=&notification_id=&outcome=&limit=`: all calls, newest last."""
    entries = request.app[SANDBOX].store.attempts
    found = _select(request, entries, _REQUEST_FILTERS)
    return web.json_response({"requests": [_attempt_json(attempt) for attempt in found]})


async def delete_requests(request: web.Request) -> web.Response:
    """`DELETE /requests`: forget all calls."""
    request.app[SANDBOX].store.attempts.clear()
    return _no_content()


async def post_fault(request: web.Request) -> web.Response:
    """`POST /faults`: add a fault; `fault_rules` has the rules."""
    try:
        document = json.loads(await request.read())
    except (ValueError, RecursionError):
        return _problem(HTTPStatus.BAD_REQUEST, "not_json", "The body is not JSON.")
    fault = request.app[SANDBOX].faults.add(parse(document))
    return web.json_response(_fault_json(fault), status=HTTPStatus.CREATED)


async def get_faults(request: web.Request) -> web.Response:
    """`GET /faults`: the active faults, with what is left of them."""
    active = request.app[SANDBOX].faults.active()
    return web.json_response({"faults": [_fault_json(fault) for fault in active]})


async def delete_faults(request: web.Request) -> web.Response:
    """`DELETE /faults`: end all faults, or with `?id=` that one."""
    faults = request.app[SANDBOX].faults
    unknown = {name: "is not a parameter" for name in request.query if name != "id"}
    if unknown:
        raise InvalidFieldsError(unknown)
    fault_id = request.query.get("id")
    if fault_id is None:
        faults.clear()
    elif not faults.remove(fault_id):
        return _problem(HTTPStatus.NOT_FOUND, "no_such_fault", "No active fault has this id.")
    return _no_content()


def _no_content() -> web.Response:
    return web.Response(status=HTTPStatus.NO_CONTENT)


def _select[E: (Message, Attempt)](
    request: web.Request, entries: Iterable[E], known: frozenset[str]
) -> list[E]:
    """Filter by the query. An unknown filter is an error: ignored, it would match everything."""
    wanted = dict(request.query)
    errors = {name: "is not a filter" for name in wanted if name not in known | {"limit"}}
    limit = wanted.pop("limit", None)
    if limit is not None and not _LIMIT.fullmatch(limit):
        errors["limit"] = "must be a whole number from 1 to 99999"
    if errors:
        raise InvalidFieldsError(errors)
    found = matching(entries, wanted)
    return found if limit is None else found[-int(limit) :]


def _message_json(message: Message) -> dict[str, object]:
    document = asdict(message)
    return document | {"time": _time(message.time), "from": document.pop("sender")}


def _attempt_json(attempt: Attempt) -> dict[str, object]:
    return asdict(attempt) | {"time": _time(attempt.time)}


def _fault_json(fault: Fault) -> dict[str, object]:
    return {name: value for name, value in asdict(fault).items() if not name.startswith("_")}


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")
