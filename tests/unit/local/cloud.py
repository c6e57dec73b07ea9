"""A stack whose clients answer what a test puts into them."""

from typing import Any
from unittest.mock import Mock

from local.cloud import Cloud


class FakeSession:
    """Hands out one Mock for each service."""

    def __init__(self) -> None:
        self.clients: dict[str, Mock] = {}

    def client(self, name: str, **_: object) -> Mock:
        return self.clients.setdefault(name, Mock(name=name))


class FakeStack:
    """A deployed stack.

    Args:
        outputs: of the stack.
        parameters: of the stack.
        resources: kind and physical id by logical id.

    """

    def __init__(
        self,
        outputs: dict[str, str] | None = None,
        parameters: dict[str, str] | None = None,
        resources: dict[str, tuple[str, str]] | None = None,
    ) -> None:
        self.session = FakeSession()
        stack = {
            "Outputs": [
                {"OutputKey": name, "OutputValue": value} for name, value in (outputs or {}).items()
            ],
            "Parameters": [
                {"ParameterKey": name, "ParameterValue": value}
                for name, value in (parameters or {}).items()
            ],
        }
        summaries = [
            {"LogicalResourceId": name, "ResourceType": kind, "PhysicalResourceId": physical}
            for name, (kind, physical) in (resources or {}).items()
        ]
        formation = self["cloudformation"]
        formation.describe_stacks.return_value = {"Stacks": [stack]}
        formation.get_paginator.return_value.paginate.return_value = [
            {"StackResourceSummaries": summaries}
        ]

    def __getitem__(self, service: str) -> Mock:
        """Return the client of a service."""
        return self.session.client(service)

    @property
    def cloud(self) -> Cloud:
        """The stack as the code sees it."""
        session: Any = self.session
        return Cloud("notificationd", session, "http://127.0.0.1:14566")
