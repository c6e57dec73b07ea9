"""The WebSocket API. SAM makes its routes, its integrations and their permissions."""

from tests.unit.template.loader import Json, Template


def api(template: Template) -> Json:
    (properties,) = template.all("AWS::Serverless::WebSocketApi").values()
    return properties


def test_nobody_connects_without_a_token(template: Template) -> None:
    """Where it is missing, API Gateway refuses by itself; SAM gives the authorizer to `$connect`.

    All other routes are those of a socket that has been let in.
    """
    auth = api(template).get("Auth", {})

    assert auth.get("AuthType") == "CUSTOM"
    assert template.text(auth["AuthArn"]) == "${AuthorizeFunction.Arn}"
    assert auth["IdentitySource"] == ["route.request.querystring.token"]


def test_a_socket_s_coming_and_going_and_any_frame_have_a_route(template: Template) -> None:
    """`$default` answers what is no known action, so that the connection stays."""
    assert api(template)["Routes"].keys() >= {"$connect", "$disconnect", "$default", "ping"}


def test_frames_are_routed_by_their_action(template: Template) -> None:
    assert api(template)["RouteSelectionExpression"] == "$request.body.action"


def test_every_route_of_a_socket_is_answered_by_ws_connect(template: Template) -> None:
    functions = {
        name: template.text(route["FunctionArn"]) for name, route in api(template)["Routes"].items()
    }

    assert functions == dict.fromkeys(functions, "${WsConnectFunction.Arn}")


def test_pushes_go_to_the_stage_that_browsers_connect_to(template: Template) -> None:
    stage = api(template)["StageName"]
    endpoints = [
        function["Environment"]["Variables"]["WEBSOCKET_ENDPOINT"]["Fn::If"]
        for function in template.functions().values()
        if "WEBSOCKET_ENDPOINT" in function["Environment"]["Variables"]
    ]
    _, local, aws = template.document["Outputs"]["WebSocketUrl"]["Value"]["Fn::If"]

    assert len(endpoints) == 3
    for _, local_endpoint, aws_endpoint in endpoints:
        assert template.text(local_endpoint) == template.text(local)
        assert template.text(aws_endpoint).removeprefix("https") == template.text(aws).removeprefix(
            "wss"
        )
        assert template.text(aws_endpoint).endswith(f"/{stage}")
        assert template.text(local_endpoint).endswith(f"${{WebSocketApi}}/{stage}")
