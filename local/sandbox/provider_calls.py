"""Calls to the providers: read one, decide, record it, and answer as the fault wants it."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from aiohttp import BasicAuth, hdrs, web

from local.sandbox.exchange import Answer, Call, Provider, ProviderName, Refusal
from local.sandbox.faults import SILENT, Fault, FaultBook, Kind
from local.sandbox.mailgun import Mailgun
from local.sandbox.store import Attempt, Store
from local.sandbox.twilio import Twilio

HANG_SECONDS: Final = 60.0  # longer than any provider timeout of the service
MAX_BODY_BYTES: Final = 25 * 1024 * 1024  # Mailgun's limit for a message with its attachments
MAX_FIELDS: Final = 2_000  # room to see, and refuse, more than Mailgun's 1,000 recipients

_PROVIDERS: Final[dict[str, Provider]] = {
    ProviderName.MAILGUN: Mailgun(),
    ProviderName.TWILIO: Twilio(),
}


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Everything that a running sandbox holds; `hang_seconds` bounds the `timeout` fault."""

    store: Store = field(default_factory=Store)
    faults: FaultBook = field(default_factory=FaultBook)
    hang_seconds: float = HANG_SECONDS


@dataclass(frozen=True, slots=True)
class Decision:
    """What comes of a call: its outcome by name, and the answer if one was worked out."""

    outcome: str
    answer: Answer | None
    is_silent: bool = False


def decide(provider: Provider, call: Call, fault: Fault | None, now: datetime) -> Decision:
    """Work out what comes of a call that `fault`, if any, has hit."""
    if fault is None or fault.kind is Kind.SLOW:
        answer = provider.answer(call, now)
        return Decision("accepted" if answer.message else "refused", answer)
    if fault.kind in SILENT:
        answered = provider.answer(call, now) if fault.accept else None
        return Decision(fault.kind, answered, is_silent=True)
    if fault.status is not None:
        return Decision(fault.kind, provider.refuse_with(fault.status, fault.code))
    answer = provider.refuse(Refusal(fault.kind), call)
    if fault.kind is Kind.RATE_LIMITED:
        headers = {**answer.headers, hdrs.RETRY_AFTER: str(fault.retry_after)}
        answer = Answer(answer.status, answer.body, headers)
    return Decision(fault.kind, answer)


async def provider_call(request: web.Request) -> web.Response:
    """Answer any request below `/mailgun` or `/twilio`.

    The call is decided and recorded when it has been read; a latency delays only its answer. So a
    slow call can be seen in `GET /requests` while its caller still waits, and a caller who gives
    up early has sent its message all the same, as with a real provider.
    """
    sandbox = request.app[SANDBOX]
    provider = _PROVIDERS[request.match_info["provider"]]
    now = datetime.now(UTC)
    fault: Fault | None = None
    try:
        call = await _read(request)
    except web.HTTPRequestEntityTooLarge:
        call = Call(request.method, _path(request))
        decision = Decision("refused", provider.too_large())
    else:
        fault = sandbox.faults.take(provider.name, provider.recipients(call))
        decision = decide(provider, call, fault, now)
    answer = decision.answer
    message = answer.message if answer else None
    sandbox.store.record(
        Attempt(
            time=now,
            provider=provider.name,
            outcome=decision.outcome,
            status=answer.status if answer and not decision.is_silent else None,
            detail=answer.reason if answer and not decision.is_silent else "",
            to=provider.recipients(call),
            notification_id=provider.notification_id(call),
            message_id=message.id if message else None,
            fault=fault.id if fault else None,
        ),
        message,
    )
    if fault is not None:
        hangs = fault.kind is Kind.TIMEOUT
        await asyncio.sleep(sandbox.hang_seconds if hangs else fault.latency)
    if answer is None or decision.is_silent:
        return _hang_up(request)
    if isinstance(answer.body, str):
        return web.Response(status=answer.status, headers=answer.headers, text=answer.body)
    return web.json_response(answer.body, status=answer.status, headers=answer.headers)


def _path(request: web.Request) -> str:
    return f"/{request.match_info['path']}"


async def _read(request: web.Request) -> Call:
    form: dict[str, list[str]] = {}
    files: list[str] = []
    for name, value in await _fields(request):
        if isinstance(value, web.FileField):
            files.append(value.filename)
            value.file.close()
        else:
            text = value if isinstance(value, str) else bytes(value).decode(errors="replace")
            form.setdefault(name, []).append(text)
    return Call(request.method, _path(request), _user(request), form, files)


async def _fields(
    request: web.Request,
) -> Iterable[tuple[str, str | bytes | bytearray | web.FileField]]:
    try:
        return (await request.post()).items()
    except (ValueError, LookupError):
        return ()  # a broken form has no fields, and the provider says which it misses


def _user(request: web.Request) -> tuple[str, str] | None:
    try:
        auth = BasicAuth.decode(request.headers.get(hdrs.AUTHORIZATION, ""), encoding="utf-8")
    except ValueError:
        return None
    return auth.login, auth.password


def _hang_up(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.close()
    return web.Response()  # aiohttp wants one; the closed connection never carries it


SANDBOX: Final = web.AppKey("sandbox", Sandbox)
