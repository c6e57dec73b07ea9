"""The HTTP API: what it answers, to whom, and that its functions may be called by it."""

import re
from importlib import import_module

from tests.unit.template.loader import ROOT, Template
from tests.unit.template.routes import (
    DEFAULT,
    HTTP_API,
    authorizer_arn,
    http_parts,
    may_invoke,
    routes,
)

PUBLIC = {
    "GET /": "the console's page, which holds no data",
    "GET /console/{file}": "and its files",
    "GET /inbox.js": "the inbox, for any page",
    "GET /client.js": "and its client",
    "GET /health": "says that we are there, and nothing else",
    "GET /docs": "the documentation",
    "GET /docs.css": "and its style",
    "GET /openapi.json": "the same for programs",
    "GET /asyncapi.json": "and what sockets say",
    DEFAULT: "what no other route takes is refused",
}
ACCESS_LOG = {
    "$context.requestId",
    "$context.requestTime",
    "$context.routeKey",
    "$context.status",
    "$context.responseLength",
    "$context.responseLatency",
    "$context.integrationErrorMessage",
}
"""What an access log may hold: nothing that a caller has sent."""
CONSOLE = "ConsoleFunction"  # has no routes of its own: it serves whatever file is asked for


def test_every_route_but_the_public_ones_has_the_authorizer(template: Template) -> None:
    open_ = {
        route.key
        for route in routes(template)
        if route.properties.get("AuthorizationType") != "CUSTOM"
        or route.properties.get("AuthorizerId") != {"Ref": "HttpAuthorizer"}
    }

    assert open_ == PUBLIC.keys()


def test_only_the_console_is_public(template: Template) -> None:
    """The functions behind routes with an authorizer take the caller's name from it."""
    functions = {route.function for route in routes(template) if route.key in PUBLIC}

    assert functions == {CONSOLE}


def test_the_authorizer_asks_the_authorize_function(template: Template) -> None:
    authorizer = template.resource("HttpAuthorizer")

    assert "/functions/${AuthorizeFunction.Arn}/" in template.text(authorizer["AuthorizerUri"])
    assert authorizer["AuthorizerType"] == "REQUEST"
    assert authorizer["AuthorizerPayloadFormatVersion"] == "2.0"
    assert authorizer["EnableSimpleResponses"] is True


def test_a_call_without_credentials_never_reaches_a_function(template: Template) -> None:
    """API Gateway itself answers 401 where the identity source is missing."""
    authorizer = template.resource("HttpAuthorizer")

    assert authorizer.get("IdentitySource") == ["$request.header.Authorization"]


def test_a_revoked_key_is_refused_within_a_minute(template: Template) -> None:
    """But answers are kept at all: the authorizer reads the table only once a minute per key."""
    assert 0 < template.resource("HttpAuthorizer")["AuthorizerResultTtlInSeconds"] <= 60


def test_api_gateway_may_ask_the_authorizer(template: Template) -> None:
    assert may_invoke(template, "AuthorizeFunction", authorizer_arn("HttpAuthorizer"))


def test_api_gateway_may_call_the_function_of_every_route(template: Template) -> None:
    refused = [
        route.key
        for route in routes(template)
        if not may_invoke(template, route.function, route.arn)
    ]

    assert refused == []


def test_only_this_api_may_call_the_functions(template: Template) -> None:
    sources = [
        template.text(permission.get("SourceArn", ""))
        for permission in template.all("AWS::Lambda::Permission").values()
    ]

    foreign = [source for source in sources if ":${HttpApi}/" not in source]
    assert [source.rpartition(":")[2] for source in foreign] == ["${WebSocketApi}/live/read_all"]


def test_every_route_has_a_handler_and_every_handler_a_route(template: Template) -> None:
    """A route without a handler answers 404; a handler without a route is never called."""
    functions = template.functions()
    declared: dict[str, set[str]] = {}
    for route in routes(template):
        if route.function != CONSOLE:
            declared.setdefault(functions[route.function]["CodeUri"], set()).add(route.key)
    registered = {
        folder: set(import_module(f"{folder.replace('/', '.')}.app").handler.route_keys)
        for folder in declared
    }

    assert declared == registered


def test_every_function_that_answers_http_has_its_routes_in_the_template(
    template: Template,
) -> None:
    answering = {
        str(path.parent.relative_to(ROOT))
        for path in ROOT.glob("functions/*/app.py")
        if hasattr(import_module(f"functions.{path.parent.name}.app").handler, "route")
    }
    functions = template.functions()

    assert answering == {
        functions[route.function]["CodeUri"]
        for route in routes(template)
        if route.function != CONSOLE
    }


def test_no_two_routes_are_the_same(template: Template) -> None:
    """CloudFormation would fail half-way through a deploy."""
    keys = [route.key for route in routes(template)]

    assert sorted(keys) == sorted(set(keys))


def test_what_no_route_takes_is_answered_by_the_function_that_reaches_nothing(
    template: Template,
) -> None:
    """With a problem like every other one. Whoever calls is not known, so it may have no grants."""
    caught = {route.function for route in routes(template) if route.key == DEFAULT}

    assert caught == {CONSOLE}


def test_every_integration_passes_the_whole_request_in_format_2(template: Template) -> None:
    other = [
        name
        for name, integration in http_parts(template, "Integration").items()
        if integration["IntegrationType"] != "AWS_PROXY"
        or integration["PayloadFormatVersion"] != "2.0"
    ]

    assert other == []


def test_all_parts_belong_to_the_one_http_api_that_is_deployed_by_itself(
    template: Template,
) -> None:
    parts = {
        name: properties["ApiId"]
        for kind in ("Stage", "Authorizer", "Integration", "Route")
        for name, properties in template.all(f"AWS::ApiGatewayV2::{kind}").items()
    }
    stage = template.resource("HttpStage")

    assert {name for name, api in parts.items() if api != HTTP_API} == {
        "ReadAllRoute",
        "ReadAllIntegration",
    }
    assert (stage["StageName"], stage["AutoDeploy"]) == ("$default", True)


def test_both_apis_take_so_many_requests_and_no_more(template: Template) -> None:
    """Each costs an invocation, even where it is refused: anyone could spend our money."""
    limits = {
        "ThrottlingRateLimit": {"Ref": "RequestsPerSecond"},
        "ThrottlingBurstLimit": {"Ref": "RequestBurst"},
    }

    assert template.resource("HttpStage").get("DefaultRouteSettings") == limits
    assert template.resource("WebSocketApi").get("DefaultRouteSettings") == limits


def test_api_gateway_writes_no_log_that_could_hold_a_query_or_a_body(template: Template) -> None:
    """A socket's token stands in its query. Execution logs hold whole requests.

    There are no access logs; this is what the format of one may name.
    """
    stages = [template.resource("HttpStage"), template.resource("WebSocketApi")]
    stages += template.all("AWS::ApiGatewayV2::Stage").values()

    for stage in stages:
        settings = stage.get("DefaultRouteSettings", {})
        assert settings.get("DataTraceEnabled", False) is False
        assert settings.get("LoggingLevel", "OFF") == "OFF"
        assert not stage.get("RouteSettings")
        named = set(re.findall(r"\$[\w.]+", str(stage.get("AccessLogSettings", {}))))
        assert named <= ACCESS_LOG


def test_pages_of_allowed_origins_may_call_every_route(template: Template) -> None:
    """CORS: with credentials in a header, so the header has to be named and cookies never go."""
    cors = template.resource("HttpApi").get("CorsConfiguration", {})
    methods = {route.key.split(" ", 1)[0] for route in routes(template)} - {DEFAULT}

    assert cors.get("AllowOrigins") == {"Ref": "AllowedOrigins"}
    assert methods | {"OPTIONS"} <= set(cors["AllowMethods"])
    assert {"authorization", "content-type"} <= set(cors["AllowHeaders"])
    told = {"allow", "idempotent-replayed", "ratelimit-limit", "ratelimit-remaining", "retry-after"}
    assert told <= set(cors["ExposeHeaders"])
    assert {"retry-after", "idempotent-replayed"} <= set(cors["ExposeHeaders"])
    assert "AllowCredentials" not in cors
