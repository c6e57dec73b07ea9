"""The routes of the HTTP API: from the template's resources to the functions behind them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.template.loader import Json, Template

HTTP_API = {"Ref": "HttpApi"}
WEBSOCKET_API = {"Ref": "WebSocketApi"}
DEFAULT = "$default"
"""The route of all that no other one takes."""
_PREFIX = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${HttpApi}"


def http_parts(template: Template, kind: str) -> dict[str, Json]:
    """Return the parts of a kind, but for those of the WebSocket API: SAM makes most of these."""
    parts = template.all(f"AWS::ApiGatewayV2::{kind}")
    return {name: part for name, part in parts.items() if part["ApiId"] != WEBSOCKET_API}


@dataclass(frozen=True, slots=True)
class Route:
    """A route, the function that answers it, and what the template says of it."""

    key: str
    function: str
    properties: Json

    @property
    def arn(self) -> str:
        """As what API Gateway calls the function: stage, method and path, parameters as they are.

        https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html
        """
        if self.key == DEFAULT:
            return f"{_PREFIX}/$default/{DEFAULT}"
        method, path = self.key.split(" ", 1)
        return f"{_PREFIX}/$default/{method}{path}"


def routes(template: Template) -> Iterator[Route]:
    """Yield the routes of the HTTP API."""
    for properties in http_parts(template, "Route").values():
        target = template.text(properties["Target"])
        integration = template.resource(target.removeprefix("integrations/${").removesuffix("}"))
        function = integration["IntegrationUri"]["Fn::GetAtt"][0]
        yield Route(properties["RouteKey"], function, properties)


def may_invoke(template: Template, function: str, source: str) -> bool:
    """Tell whether API Gateway may call a function from a source, given by its ARN."""
    names = {f"${{{function}}}", f"${{{function}.Arn}}"}
    return any(
        template.text(permission["FunctionName"]) in names
        and permission["Action"] == "lambda:InvokeFunction"
        and permission["Principal"] == "apigateway.amazonaws.com"
        and _covers(template.text(permission.get("SourceArn", "")), source)
        for permission in template.all("AWS::Lambda::Permission").values()
    )


def authorizer_arn(name: str) -> str:
    """Return as what API Gateway calls an authorizer's function."""
    return f"{_PREFIX}/authorizers/${{{name}}}"


def _covers(pattern: str, arn: str) -> bool:
    """Match as IAM does: a star stands for anything, slashes too."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), arn) is not None
