"""Writing to live sockets through API Gateway's management API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from notificationd.domain.errors import ConnectionGone, Unavailable

if TYPE_CHECKING:
    from mypy_boto3_apigatewaymanagementapi import ApiGatewayManagementApiClient


class ApiGatewaySockets:
    """Fulfils `domain.ports.Sockets`."""

    def __init__(self, client: ApiGatewayManagementApiClient) -> None:
        self._client = client

    def post(self, connection_id: str, frame: bytes) -> None:
        """Write one frame, at most 128 KB."""
        try:
            self._client.post_to_connection(ConnectionId=connection_id, Data=frame)
        except self._client.exceptions.GoneException as error:
            raise ConnectionGone from error
        except (BotoCoreError, ClientError) as error:
            message = f"the socket: {type(error).__name__}"
            raise Unavailable(message) from error
