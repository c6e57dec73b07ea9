"""The WebSocket API. SAM makes its routes, its integrations and their permissions."""

from functions.ws_inbox.app import ACTIONS
from tests.unit.template.loader import Json, Template
from tests.unit.template.routes import WEBSOCKET_API, may_invoke

PREFIX = "${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}"
OF_A_SOCKET = ("$connect", "$disconnect", "$default", "ping")
OF_THE_INBOX = ("sync", "read", "unread", "seen", "archive", "read_all")


def api(template: Template) -> Json:
    (properties,) = template.all("AWS::Serverless::WebSocketApi").values()
    return properties


def functions_of_routes(template: Template) -> dict[str, str]:
    """Return the function behind each route: SAM makes those whose names it takes."""
    made = {name: route["FunctionArn"] for name, route in api(template)["Routes"].items()}
    by_hand = {
        route["RouteKey"]: template.resource(
            template.text(route["Target"]).removeprefix("integrations/${").removesuffix("}")
        )["IntegrationUri"]
        for route in template.all("AWS::ApiGatewayV2::Route").values()
        if route["ApiId"] == WEBSOCKET_API
    }
    found = {name: template.text(value) for name, value in (made | by_hand).items()}
    return {name: text.rpartition("/functions/")[2] for name, text in found.items()}


def test_nobody_connects_without_a_token(template: Template) -> None:
    """Where it is missing, API Gateway refuses by itself; SAM gives the authorizer to `$connect`.

    All other routes are those of a socket that has been let in.
    """
    auth = api(template).get("Auth", {})

    assert auth.get("AuthType") == "CUSTOM"
    assert template.text(auth["AuthArn"]) == "${AuthorizeFunction.Arn}"
    assert auth["IdentitySource"] == ["route.request.querystring.token"]


def test_every_action_has_a_route_and_whatever_is_none_has_one_too(template: Template) -> None:
    """`$default` answers what is no known action, so that the connection stays."""
    assert functions_of_routes(template).keys() == {*OF_A_SOCKET, *OF_THE_INBOX}


def test_frames_are_routed_by_their_action(template: Template) -> None:
    assert api(template)["RouteSelectionExpression"] == "$request.body.action"


def test_the_inbox_s_actions_are_answered_by_a_function_of_their_own(template: Template) -> None:
    functions = {
        name: text.removesuffix("/invocations")
        for name, text in functions_of_routes(template).items()
    }

    expected = dict.fromkeys(OF_A_SOCKET, "${WsConnectFunction.Arn}")
    assert functions == expected | dict.fromkeys(OF_THE_INBOX, "${WsInboxFunction.Arn}")


def test_the_inbox_s_function_knows_what_each_of_its_actions_does(template: Template) -> None:
    functions = functions_of_routes(template)

    assert {name for name, text in functions.items() if "WsInbox" in text} == ACTIONS


def test_api_gateway_may_call_the_function_of_the_route_that_is_made_by_hand(
    template: Template,
) -> None:
    """SAM makes the other routes' permissions, and `Ref` is the id of the API."""
    source = f"arn:{PREFIX}:${{WebSocketApi}}/live/read_all"

    assert may_invoke(template, "WsInboxFunction", source)
    assert api(template)["StageName"] == "live"


def test_pushes_go_to_the_stage_that_browsers_connect_to(template: Template) -> None:
    stage = api(template)["StageName"]
    endpoints = [
        function["Environment"]["Variables"]["WEBSOCKET_ENDPOINT"]["Fn::If"]
        for function in template.functions().values()
        if "WEBSOCKET_ENDPOINT" in function["Environment"]["Variables"]
    ]
    _, local, aws = template.document["Outputs"]["WebSocketUrl"]["Value"]["Fn::If"]

    assert len(endpoints) == 5
    for _, local_endpoint, aws_endpoint in endpoints:
        assert template.text(local_endpoint) == template.text(local)
        assert template.text(aws_endpoint).removeprefix("https") == template.text(aws).removeprefix(
            "wss"
        )
        assert template.text(aws_endpoint).endswith(f"/{stage}")
        assert template.text(local_endpoint).endswith(f"${{WebSocketApi}}/{stage}")
