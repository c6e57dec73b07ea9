"""What can go wrong.

```
NotificationdError
├── ConnectionFailed     there is no answer: whether anything was done, nobody knows
├── UnexpectedAnswer     there is one, but it cannot be read
└── ProblemError         the service says what is wrong
    ├── Unauthenticated  401: no API key, or a wrong one
    ├── Forbidden        403: the key lacks the scope
    ├── NotFound         404
    ├── Conflict         409: `request_in_flight`, or `too_late` to cancel
    ├── InvalidRequest   422: fields are wrong, or the idempotency key is another request's
    ├── RateLimited      429
    └── Unavailable      5xx: not now
```

Branch on the type and, within it, on `code`, which is stable; texts are for people.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_PASSING = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.INTERNAL_SERVER_ERROR,  # API Gateway's word for a function that died
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
_IN_FLIGHT = "request_in_flight"


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field of a request."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem as the service tells it (RFC 9457).

    Args:
        status: the answer's HTTP status.
        code: stable, for programs, like `invalid_request`; empty where the answer has none, such as
            one of a proxy in between.
        errors: what is wrong with which field.
        retry_after: seconds to wait before it is worth another try, if the service says so.
    """

    status: int
    code: str = ""
    title: str = ""
    detail: str = ""
    errors: Mapping[str, FieldProblem] = field(default_factory=dict)
    retry_after: float | None = None


class NotificationdError(Exception):
    """Everything that a call of the service can end with, but its answer."""

    @property
    def is_retryable(self) -> bool:
        """Whether the same request, made again later, may be answered otherwise."""
        return False

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait at least before another try, if the service has said so."""
        return None


class ConnectionFailed(NotificationdError):
    """No answer came: no connection, one that was cut, or one that stayed silent for too long.

    The request may have been carried out all the same. Made again with the same idempotency key it
    is not carried out twice.
    """

    @property
    def is_retryable(self) -> bool:
        """Whether the same request, made again later, may be answered otherwise."""
        return True


class UnexpectedAnswer(NotificationdError):
    """The answer says that it worked, but is not what the service answers; a proxy's page, say."""

    @property
    def is_retryable(self) -> bool:
        """Whether the same request, made again later, may be answered otherwise."""
        return True


class ProblemError(NotificationdError):
    """The service, or somebody on the way to it, refuses a request and says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem

    @property
    def status(self) -> int:
        """The answer's HTTP status."""
        return self.problem.status

    @property
    def code(self) -> str:
        """What is wrong, for programs: `too_late`, say. Empty where the answer has none."""
        return self.problem.code

    @property
    def title(self) -> str:
        """What is wrong, in a few words."""
        return self.problem.title

    @property
    def detail(self) -> str:
        """What is wrong with this request."""
        return self.problem.detail

    @property
    def errors(self) -> Mapping[str, FieldProblem]:
        """What is wrong with which field."""
        return self.problem.errors

    @property
    def is_retryable(self) -> bool:
        """Whether the same request, made again later, may be answered otherwise."""
        return self.status in _PASSING or self.code == _IN_FLIGHT

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait at least before another try, if the service has said so."""
        return self.problem.retry_after

    def __str__(self) -> str:
        what = ": ".join(filter(None, (self.code or self.title, self.detail)))
        fields = "; ".join(f"{name} {each.detail}" for name, each in self.errors.items())
        return f"{self.status} {what}" + (f" ({fields})" if fields else "")


class Unauthenticated(ProblemError):
    """There is no API key, or it is wrong or revoked."""


class Forbidden(ProblemError):
    """The API key lacks the scope for this."""


class NotFound(ProblemError):
    """There is no such thing."""


class Conflict(ProblemError):
    """It cannot be done as things are: `request_in_flight`, or `too_late` to cancel."""


class InvalidRequest(ProblemError):
    """Fields are wrong (`errors` names them), or the idempotency key is another request's."""


class RateLimited(ProblemError):
    """There were too many requests."""


class Unavailable(ProblemError):
    """The service cannot do it now."""


_KINDS: dict[int, type[ProblemError]] = {
    HTTPStatus.UNAUTHORIZED: Unauthenticated,
    HTTPStatus.FORBIDDEN: Forbidden,
    HTTPStatus.NOT_FOUND: NotFound,
    HTTPStatus.CONFLICT: Conflict,
    HTTPStatus.UNPROCESSABLE_ENTITY: InvalidRequest,
    HTTPStatus.TOO_MANY_REQUESTS: RateLimited,
}


def error_of(problem: Problem) -> ProblemError:
    """Return the error that a problem is."""
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unavailable(problem)
    return _KINDS.get(problem.status, ProblemError)(problem)
