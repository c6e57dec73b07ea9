"""The authorizer of both APIs: who is calling?

The HTTP API is answered in the simple form of payload 2.0, the WebSocket API with a policy.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notificationd.api.callers import context_of, refusal_context
from notificationd.domain.errors import Unauthenticated
from notificationd.runtime import services
from notificationd.runtime.logs import without_texts

if TYPE_CHECKING:
    from collections.abc import Mapping

type Event = Mapping[str, Any]


@without_texts
def handler(event: Event, _context: object) -> dict[str, Any]:
    """Answer either API's question."""
    return _http(event) if event.get("version") == "2.0" else _websocket(event)


def _http(event: Event) -> dict[str, Any]:
    """Say who it is. The functions behind refuse whoever is nobody, with a 401 that tells why."""
    try:
        caller = services.authenticate().bearer(event["identitySource"][0])
    except Unauthenticated as error:
        return {"isAuthorized": True, "context": refusal_context(error)}
    return {"isAuthorized": True, "context": context_of(caller)}


def _websocket(event: Event) -> dict[str, Any]:
    """Let a user's browser connect, and nobody else."""
    try:
        user = services.authenticate().user(event["queryStringParameters"]["token"])
    except Unauthenticated:
        return _policy("nobody", "Deny", event["methodArn"], {})
    return _policy(user.key, "Allow", event["methodArn"], context_of(user))


def _policy(principal: str, effect: str, arn: str, context: dict[str, str]) -> dict[str, Any]:
    statement = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": arn}
    return {
        "principalId": principal,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": context,
    }
