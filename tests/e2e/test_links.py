"""The links of the documentation: what one answer has is what the next request takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from documents.operations import OPERATIONS, TEMPLATE

if TYPE_CHECKING:
    import requests

    from tests.e2e.service import Service, Someone

LINKS = [(route, target) for route, operation in OPERATIONS.items() for target in operation.links]
ONE = "/users/{id}/notifications/{notification_id}"
PAGED = ("/notifications", "/inbox", "/templates", "/versions")
TOO_LATE = {
    ("POST /notifications/batch", f"DELETE {ONE}"),  # the first of the example is an in-app one
}
"""Links whose target says no this time: what is in the inbox cannot be cancelled."""


class World:
    """What the examples speak of, for a user and a template of one test."""

    def __init__(self, service: Service, user: Someone) -> None:
        self.service = service
        self.user = user
        self.template = f"shipped-to-{user.id}"

    def body(self, route: str, example: str | None = None) -> Any:  # noqa: ANN401 - JSON
        """Return the example of a route's body, as one of this user's."""
        examples = OPERATIONS[route].sent
        if not examples:
            return None
        body = dict(examples[example] if example else next(iter(examples.values())))
        if "user_id" in body:
            body["user_id"] = self.user.id
        if "notifications" in body:
            body["notifications"] = [
                {**each, "user_id": self.user.id} for each in body["notifications"]
            ]
        if "email" in body:
            body |= {"email": self.user.email, "phone": self.user.phone}
        return body

    def ask(
        self, route: str, parameters: dict[str, Any], body: object, query: dict[str, Any]
    ) -> requests.Response:
        method, path = route.split(" ")
        for name, value in parameters.items():
            path = path.replace(f"{{{name}}}", str(value))
        left = {name: value for name, value in parameters.items() if f"{{{name}}}" not in route}
        url = self.service.url(path)
        return self.service.session.request(
            method, url, json=body, params={**query, **left}, timeout=60
        )


def value_of(expression: str, request: dict[str, Any], answer: object) -> Any:  # noqa: ANN401 - JSON
    """Return what an expression stands for.

    https://spec.openapis.org/oas/v3.1.1#runtime-expressions
    """
    if expression.startswith("$request.path."):
        return request["path"][expression.removeprefix("$request.path.")]
    where, _, pointer = expression.partition("#/")
    found: Any = {"$request.body": request["body"], "$response.body": answer}[where]
    for step in pointer.split("/"):
        found = found[int(step)] if isinstance(found, list) else found[step]
    return found


@pytest.mark.parametrize(("route", "target"), LINKS)
def test_a_link_leads_to_what_it_says(
    service: Service, user: Someone, route: str, target: str
) -> None:
    world = World(service, user)
    # What is marked has to be in-app; what is cancelled must not be sent yet.
    is_cancelled = "DELETE" in route or "DELETE" in target
    example = "scheduled" if is_cancelled else "in-app"
    for number in (1, 2):  # so that lists have another page
        sent = world.body("POST /notifications", example)
        answer = service.post("/notifications", sent)
        assert answer.status_code == 201, answer.text
        changed = {**TEMPLATE, "description": str(number)}
        service.put(f"/templates/{world.template}", changed)
    path = {"id": user.id, "notification_id": answer.json()["id"], "name": world.template}
    body = sent if route == "POST /notifications" else world.body(route)
    query = {"limit": 1} if route.startswith("GET") and route.endswith(PAGED) else {}
    request = {"path": path, "body": body}

    first = world.ask(route, {name: path[name] for name in path if name in route}, body, query)
    assert first.status_code < 300, first.text
    given = {
        name: value_of(expression, request, first.json())
        for name, expression in OPERATIONS[route].links[target].items()
    }
    then = world.ask(target, given, world.body(target), {})

    assert None not in given.values()
    if (route, target) in TOO_LATE:
        assert (then.status_code, then.json()["code"]) == (409, "too_late")
    else:
        assert then.status_code < 300, then.text
