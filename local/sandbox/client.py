"""A client of the sandbox's own routes, for the tests and the local runner.

```python
sandbox = SandboxClient("http://127.0.0.1:8025")
sandbox.fault("mailgun", "500", times=2, to="ada@example.com")
...
assert [call["outcome"] for call in sandbox.requests(to="ada@example.com")] == ["500", "500", ...]
```
"""

from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

import requests

from local.sandbox.documents import (
    ActiveFault,
    CapturedMessage,
    Kind,
    Outcome,
    Provider,
    ProviderRequest,
)


class SandboxError(Exception):
    """The sandbox refused a request; `fields` names those at fault."""

    def __init__(self, status: int, detail: str, fields: tuple[str, ...]) -> None:
        """Keep the HTTP status and the names of the fields."""
        super().__init__(detail)
        self.status = status
        self.fields = fields


class SandboxClient:
    """A connection to a running sandbox.

    Args:
        base_url: for example `http://127.0.0.1:8025`.
        timeout: seconds to wait for an answer of the sandbox itself.

    Every method raises `requests.RequestException` when the sandbox can't be reached.

    """

    def __init__(self, base_url: str, *, timeout: float = 5.0) -> None:
        """Connect with the first request, not yet."""
        self.base_url = base_url.rstrip("/")
        self._timeout = timeout
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy of the environment must not see loopback calls

    @property
    def mailgun_url(self) -> str:
        """The base address to give to a Mailgun client."""
        return f"{self.base_url}/mailgun"

    @property
    def twilio_url(self) -> str:
        """The base address to give to a Twilio client."""
        return f"{self.base_url}/twilio"

    def is_healthy(self) -> bool:
        """Say whether the sandbox answers."""
        try:
            return bool(self._call("GET", "/health") == {"status": "ok"})
        except (requests.RequestException, SandboxError):
            return False

    def messages(
        self,
        *,
        provider: Provider | None = None,
        to: str | None = None,
        notification_id: str | None = None,
        limit: int | None = None,
    ) -> list[CapturedMessage]:
        """Return the accepted messages that fit all filters, newest last.

        Args:
            provider: only this provider's.
            to: only those to this recipient.
            notification_id: only those of this notification; Mailgun alone carries it.
            limit: at most so many, the newest.

        """
        query = _given(provider=provider, to=to, notification_id=notification_id, limit=limit)
        found: list[CapturedMessage] = self._call("GET", "/messages", params=query)["messages"]
        return found

    def requests(
        self,
        *,
        provider: Provider | None = None,
        to: str | None = None,
        notification_id: str | None = None,
        outcome: Outcome | None = None,
        limit: int | None = None,
    ) -> list[ProviderRequest]:
        """Return the calls made to the providers that fit all filters, newest last.

        Args:
            provider: only this provider's.
            to: only those for this recipient.
            notification_id: only those of this notification; Mailgun alone carries it.
            outcome: only those that came out so.
            limit: at most so many, the newest.

        """
        query = _given(
            provider=provider,
            to=to,
            notification_id=notification_id,
            outcome=outcome,
            limit=limit,
        )
        found: list[ProviderRequest] = self._call("GET", "/requests", params=query)["requests"]
        return found

    def fault(  # noqa: PLR0913 - one keyword for each field of POST /faults
        self,
        provider: Provider,
        kind: Kind,
        *,
        times: int | None = None,
        share: float | None = None,
        seed: int | None = None,
        retry_after: int | None = None,
        status: int | None = None,
        code: int | None = None,
        latency: float | None = None,
        to: str | None = None,
        accept: bool | None = None,
    ) -> ActiveFault:
        """Make calls to a provider fail; the first fault that hits a call decides it.

        Args:
            provider: whose calls.
            kind: what they get.
            times: how many calls; once, if neither this nor `share` is given.
            share: which part of the calls, 0 to 1, until it is cleared.
            seed: makes the share's choice repeatable.
            retry_after: seconds, for 429 (the sandbox's default is 1).
            status: of the answer, for `refuse`.
            code: one of Twilio's, for `refuse`.
            latency: seconds before the answer, at most 60; required for `slow`.
            to: only calls for this recipient, so that concurrent tests stay apart.
            accept: for `timeout` and `drop`, accept the message without saying so.

        Raises:
            SandboxError: naming the fields that do not fit.

        """
        if times is None and share is None:
            times = 1
        document = _given(
            provider=provider,
            kind=kind,
            times=times,
            share=share,
            seed=seed,
            retry_after=retry_after,
            status=status,
            code=code,
            latency=latency,
            to=to,
            accept=accept,
        )
        created: ActiveFault = self._call("POST", "/faults", json=document)
        return created

    def faults(self) -> list[ActiveFault]:
        """Return the active faults, oldest first."""
        found: list[ActiveFault] = self._call("GET", "/faults")["faults"]
        return found

    def clear_faults(self, fault_id: str | None = None) -> None:
        """End all faults, or the one of this id. Raises SandboxError when it is not active."""
        self._call("DELETE", "/faults", params=_given(id=fault_id))

    def clear(self) -> None:
        """Forget all messages and calls, and end all faults."""
        for path in ("/faults", "/messages", "/requests"):
            self._call("DELETE", path)

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def __enter__(self) -> Self:
        """Return the client itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the connection."""
        self.close()

    def _call(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, Any] | None = None,
        json: dict[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - JSON; the callers give it its type
        url = f"{self.base_url}{path}"
        answer = self._session.request(method, url, params=params, json=json, timeout=self._timeout)
        if answer.ok:
            return None if answer.status_code == HTTPStatus.NO_CONTENT else answer.json()
        try:
            problem = answer.json()
        except requests.JSONDecodeError:
            raise SandboxError(answer.status_code, answer.reason, ()) from None
        fields = tuple(error["field"] for error in problem["errors"])
        raise SandboxError(answer.status_code, problem["detail"], fields)


def _given(**fields: object) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
