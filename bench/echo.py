"""A bare echo on a running stack: the least that a POST takes to become a frame there.

A function of some lines behind a route of its own writes what it is sent to a socket of the
service's WebSocket API. Nothing is stored, checked or looked up.
"""

from __future__ import annotations

import io
import json
import textwrap
import zipfile
from typing import TYPE_CHECKING, Any, Final

from local.settings import REGION

if TYPE_CHECKING:
    from local.stack import Stack
    from tests.e2e.service import Service

_ACCOUNT: Final = "000000000000"
_CODE: Final = """
    import json
    import os
    import boto3

    client = boto3.client("apigatewaymanagementapi", endpoint_url=os.environ["ENDPOINT"])

    def handler(event, context):
        body = json.loads(event["body"])
        client.post_to_connection(ConnectionId=body["connection"], Data=event["body"].encode())
        print("echoed")  # the emulator takes longer over an invocation that prints nothing
        return {"statusCode": 201, "body": "{}"}
"""
_ASSUME: Final = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "lambda.amazonaws.com"},
        }
    ],
}
_ALLOW: Final = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["execute-api:*", "logs:*"], "Resource": "*"},
    ],
}


def deploy(service: Service) -> str:
    """Put the echo beside the service and return its address."""
    stack = service.stack
    role = _role(service)
    function = service.client("lambda").create_function(
        FunctionName="echo",
        Runtime="python3.13",
        Handler="echo.handler",
        Role=role,
        MemorySize=256,
        Code={"ZipFile": _zipped()},
        Layers=[_dependencies(service)],
        Environment={"Variables": _variables(service, stack)},
    )["FunctionArn"]
    gateway = service.client("apigatewayv2")
    api = gateway.create_api(Name="echo", ProtocolType="HTTP")["ApiId"]
    integration = gateway.create_integration(
        ApiId=api,
        IntegrationType="AWS_PROXY",
        IntegrationUri=function,
        PayloadFormatVersion="2.0",
    )["IntegrationId"]
    gateway.create_route(ApiId=api, RouteKey="POST /echo", Target=f"integrations/{integration}")
    gateway.create_stage(ApiId=api, StageName="$default", AutoDeploy=True)
    service.client("lambda").add_permission(
        FunctionName="echo",
        StatementId="echo",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:{REGION}:{_ACCOUNT}:{api}/*",
    )
    return f"{stack.endpoints.aws_endpoint_url}/_aws/execute-api/{api}/echo"


def _role(service: Service) -> str:
    iam = service.client("iam")
    document = json.dumps(_ASSUME)
    role: str = iam.create_role(RoleName="echo", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    iam.put_role_policy(RoleName="echo", PolicyName="echo", PolicyDocument=json.dumps(_ALLOW))
    return role


def _dependencies(service: Service) -> str:
    """Return the layer with boto3, as the service has it."""
    layers: dict[str, Any] = service.stack.cloud.resources("AWS::Lambda::LayerVersion")
    (found,) = (arn for name, arn in layers.items() if name.startswith("DependenciesLayer"))
    return str(found)


def _variables(service: Service, stack: Stack) -> dict[str, str]:
    functions = stack.cloud.resources("AWS::Lambda::Function")
    send = service.client("lambda").get_function_configuration(
        FunctionName=functions["SendFunction"]
    )
    variables = send["Environment"]["Variables"]
    return {
        "ENDPOINT": variables["WEBSOCKET_ENDPOINT"],
        "AWS_ENDPOINT_URL": variables["AWS_ENDPOINT_URL"],
    }


def _zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("echo.py", textwrap.dedent(_CODE))
    return packed.getvalue()
