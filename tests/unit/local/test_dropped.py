"""What MiniStack drops is set from the template, and from nothing else."""

from unittest.mock import patch

import pytest
import yaml

from local.dropped import set_what_was_dropped
from local.settings import Settings
from tests.unit.local.cloud import FakeStack

_TTL = {"AttributeName": "expires_at", "Enabled": True}


@pytest.fixture
def stack() -> FakeStack:
    made = FakeStack(
        parameters={"AllowedOrigins": "https://a.example, https://b.example"},
        resources={
            "Table": ("AWS::DynamoDB::Table", "table-1"),
            "HttpApi": ("AWS::ApiGatewayV2::Api", "00000001"),
            "MadeBySam": ("AWS::ApiGatewayV2::Api", "00000002"),
        },
    )
    made["dynamodb"].describe_time_to_live.return_value = {
        "TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}
    }
    return made


def _set(settings: Settings, stack: FakeStack, table: object, api: object) -> None:
    resources = {"Table": {"Properties": table}, "HttpApi": {"Properties": api}}
    settings.build.mkdir(parents=True)
    text = yaml.safe_dump({"Resources": resources})
    (settings.build / "template.yaml").write_text(text, encoding="utf-8")
    with patch("local.dropped.local_cloud", return_value=stack.cloud):
        set_what_was_dropped(settings)


def test_declared_ttl_and_cors_are_set(settings: Settings, stack: FakeStack) -> None:
    cors = {"AllowOrigins": {"Ref": "AllowedOrigins"}, "AllowMethods": ["GET"], "MaxAge": 600}

    _set(settings, stack, {"TimeToLiveSpecification": _TTL}, {"CorsConfiguration": cors})

    stack["dynamodb"].update_time_to_live.assert_called_once_with(
        TableName="table-1", TimeToLiveSpecification=_TTL
    )
    stack["apigatewayv2"].update_api.assert_called_once_with(
        ApiId="00000001",
        CorsConfiguration={
            "AllowOrigins": ["https://a.example", "https://b.example"],
            "AllowMethods": ["GET"],
            "MaxAge": 600,
        },
    )


def test_what_is_not_declared_is_not_set(settings: Settings, stack: FakeStack) -> None:
    _set(settings, stack, {}, {})

    stack["dynamodb"].update_time_to_live.assert_not_called()
    stack["apigatewayv2"].update_api.assert_not_called()


def test_an_emulator_that_does_not_drop_ttl_is_left_alone(
    settings: Settings, stack: FakeStack
) -> None:
    stack["dynamodb"].describe_time_to_live.return_value = {
        "TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED"}
    }

    _set(settings, stack, {"TimeToLiveSpecification": _TTL}, {})

    stack["dynamodb"].update_time_to_live.assert_not_called()
