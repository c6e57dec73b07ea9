"""Who may do what, at both APIs and behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests
from botocore.exceptions import ClientError

from local.client import InboxClient, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.service import Service, Someone


def test_no_credentials_are_401(service: Service, user: Someone) -> None:
    for method, path in (
        ("POST", "/notifications"),
        ("GET", f"/users/{user.id}/notifications"),
        ("GET", f"/users/{user.id}/inbox"),
        ("PATCH", f"/users/{user.id}/notifications/x"),
        ("POST", f"/users/{user.id}/notifications/read-all"),
        ("GET", f"/users/{user.id}"),
        ("PUT", f"/users/{user.id}"),
        ("POST", f"/users/{user.id}/tokens"),
    ):
        answer = requests.request(method, service.url(path), json={}, timeout=60)
        assert answer.status_code == 401, path


@pytest.mark.parametrize("credential", ["Bearer nd_wrong", "Bearer a.b.c", "Basic eA==", "x"])
def test_wrong_credentials_are_401_and_say_so(
    service: Service, user: Someone, credential: str
) -> None:
    answer = requests.get(
        service.url(f"/users/{user.id}/notifications"),
        headers={"Authorization": credential},
        timeout=60,
    )

    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.json()["code"] == "unauthenticated"


def test_a_user_token_opens_its_own_inbox_and_nothing_else(
    service: Service, someone: Callable[[], Someone]
) -> None:
    ada, bob = someone(), someone()
    for each in (ada, bob):
        service.send(each, "in-app")
    headers = {"Authorization": f"Bearer {service.token(ada)}"}

    def status(method: str, path: str) -> int:
        url = service.url(path)
        return requests.request(method, url, headers=headers, json={}, timeout=60).status_code

    assert status("GET", f"/users/{ada.id}/notifications") == 200
    assert status("GET", f"/users/{bob.id}/notifications") == 403
    assert status("POST", "/notifications") == 403
    assert status("GET", f"/users/{ada.id}") == 403
    assert status("PUT", f"/users/{ada.id}") == 403
    assert status("POST", f"/users/{ada.id}/tokens") == 403


def test_a_socket_needs_a_valid_user_token(service: Service, user: Someone) -> None:
    url = service.endpoints.websocket_url
    for token in (None, "wrong", service.endpoints.api_key):
        with pytest.raises(Refused) as refused:
            InboxClient(url, token)
        assert refused.value.status in {401, 403}
    assert not [key for key in service.items_of(user.id) if key.startswith("CONNECTION#")]


def test_a_page_of_another_origin_may_call_the_api(service: Service) -> None:
    answer = requests.options(
        service.url("/notifications"),
        headers={
            "Origin": "https://app.example.com",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        },
        timeout=60,
    )

    assert answer.ok
    assert answer.headers["Access-Control-Allow-Origin"] in {"*", "https://app.example.com"}
    assert "authorization" in answer.headers["Access-Control-Allow-Headers"].lower()


def test_a_call_outside_a_role_is_denied(service: Service) -> None:
    """The emulator enforces IAM, so every other test here proves what the roles allow."""
    role = service.stack.cloud.resources("AWS::IAM::Role")["ListRole"]
    arn = service.client("iam").get_role(RoleName=role)["Role"]["Arn"]
    given = service.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    cloud = service.stack.cloud

    def client(name: str) -> Any:  # noqa: ANN401 - any client of the SDK's
        return cloud.session.client(  # type: ignore[call-overload]
            name,
            endpoint_url=cloud.endpoint_url,
            config=cloud.config,
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
        )

    key = {"pk": {"S": "USER#4"}, "sk": {"S": "PROFILE"}}
    table = service.outputs["TableName"]
    client("dynamodb").get_item(TableName=table, Key=key)
    queue = service.outputs["EmailQueueUrl"]
    for name, operation, arguments in (
        ("dynamodb", "put_item", {"TableName": table, "Item": key}),
        ("sqs", "send_message", {"QueueUrl": queue, "MessageBody": "{}"}),
        ("ssm", "get_parameter", {"Name": "/notificationd/token-secret"}),
    ):
        with pytest.raises(ClientError, match=r"AccessDenied|not authorized"):
            getattr(client(name), operation)(**arguments)
