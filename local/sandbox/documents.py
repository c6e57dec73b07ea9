"""The JSON documents of the sandbox's own routes, as a client sees them."""

from typing import Literal, TypedDict

type Provider = Literal["mailgun", "twilio"]
type Kind = Literal[
    "500", "429", "timeout", "drop", "bad_address", "unauthorized", "slow", "refuse"
]
type Outcome = Literal[
    "accepted", "refused", "500", "429", "timeout", "drop", "bad_address", "unauthorized", "refuse"
]

CapturedMessage = TypedDict(
    "CapturedMessage",
    {
        "id": str,
        "time": str,
        "provider": Provider,
        "from": str,
        "to": list[str],
        "subject": str,
        "text": str,
        "html": str,
        "notification_id": str | None,
        "options": dict[str, list[str]],
        "files": list[str],
    },
)
"""An accepted email or SMS; the fields are those of `exchange.Message`, times in RFC 3339."""


class ProviderRequest(TypedDict):
    """One call to a provider; the fields are those of `store.Attempt`."""

    time: str
    provider: Provider
    outcome: Outcome
    status: int | None
    detail: str
    to: list[str]
    notification_id: str | None
    message_id: str | None
    fault: str | None


class ActiveFault(TypedDict):
    """A fault and what is left of it; the fields are those of `faults.Fault`."""

    id: str
    provider: Provider
    kind: Kind
    remaining: int | None
    share: float | None
    seed: int | None
    retry_after: int
    status: int | None
    code: int | None
    latency: float
    to: str | None
    accept: bool
    hits: int
