"""Templates on the deployed stack: stored, previewed, sent by on each channel, refused."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import requests

    from tests.e2e.service import Service, Someone

TEMPLATE: dict[str, Any] = {
    "description": "Sent when an order leaves the house.",
    "default_locale": "en",
    "variables": {"name": {}, "order": {}, "carrier": {"default": "the post"}},
    "channels": {
        "email": {
            "en": {
                "subject": "Order {{ order.id }} is on its way",
                "text": "Hi {{ name }},\n{% for line in order.lines %}- {{ line }}\n{% endfor %}",
                "html": "<p>Hi {{ name }}</p><ul>{% for line in order.lines %}<li>{{ line }}</li>"
                "{% endfor %}</ul>",
            },
            "de": {"subject": "Bestellung {{ order.id }}", "text": "Hallo {{ name }}"},
        },
        "sms": {"en": {"text": "{{ name }}: order {{ order.id }} is with {{ carrier }}."}},
        "in-app": {"en": {"subject": "On its way", "text": "Order {{ order.id }}"}},
    },
}
VARIABLES: dict[str, Any] = {
    "name": "Zoë <b>",
    "order": {"id": 17, "lines": ["Tea & biscuits", "Cups"]},
}


@pytest.fixture
def name(service: Service) -> str:
    """Store the template under a name that no other test uses."""
    made = f"dispatched-{uuid.uuid4().hex[:12]}"
    assert put(service, made, TEMPLATE).status_code == 201
    return made


def put(service: Service, name: str, template: dict[str, Any]) -> requests.Response:
    return service.put(f"/templates/{name}", template)


def send(service: Service, user: Someone, name: str, **fields: object) -> requests.Response:
    body = {
        "user_id": user.id,
        "notification_type": "email",
        "template": name,
        "variables": VARIABLES,
        **fields,
    }
    return service.post("/notifications", body)


def sent(service: Service, user: Someone, name: str, **fields: object) -> dict[str, Any]:
    """Send by a template, and return the notification once it is settled."""
    answer = send(service, user, name, **fields)
    assert answer.status_code == 201, answer.text
    return service.settled(user, answer.json()["id"])


def fields_of(answer: requests.Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [error["field"] for error in answer.json()["errors"]]


def test_an_email_is_sent_with_its_text_and_its_html(
    service: Service, user: Someone, name: str
) -> None:
    found = sent(service, user, name)

    assert found["status"] == "sent"
    (message,) = service.sandbox.messages(provider="mailgun", notification_id=found["id"])
    assert message["subject"] == "Order 17 is on its way"
    assert message["text"] == "Hi Zoë <b>,\n- Tea & biscuits\n- Cups\n"
    assert message["html"] == (
        "<p>Hi Zoë &lt;b&gt;</p><ul><li>Tea &amp; biscuits</li><li>Cups</li></ul>"
    )
    assert found["content"] == message["text"]


def test_an_sms_is_sent(service: Service, user: Someone, name: str) -> None:
    found = sent(service, user, name, notification_type="sms")

    assert found["status"] == "sent"
    (message,) = service.sandbox.messages(provider="twilio", to=user.phone)
    assert message["text"] == "Zoë <b>: order 17 is with the post."


def test_an_in_app_notification_is_pushed(service: Service, user: Someone, name: str) -> None:
    with service.connect(user) as device:
        answer = send(service, user, name, notification_type="in-app")

        pushed = device.receive()["notification"]

    assert pushed["id"] == answer.json()["id"]
    assert (pushed["subject"], pushed["content"]) == ("On its way", "Order 17")


@pytest.mark.parametrize(
    ("locale", "content"), [("de-AT", "Hallo Zoë <b>"), ("de", "Hallo Zoë <b>"), ("fr", None)]
)
def test_a_locale_falls_back_to_its_language_and_then_to_the_default(
    service: Service, user: Someone, name: str, locale: str, content: str | None
) -> None:
    found = sent(service, user, name, locale=locale)

    assert found["content"] == content or (content is None and found["content"].startswith("Hi "))


def test_what_has_just_been_stored_is_what_is_sent(
    service: Service, user: Someone, name: str
) -> None:
    """Time after time: whichever of the function's instances answers."""
    for number in range(2, 12):
        changed = {**TEMPLATE, "channels": {"sms": {"en": {"text": f"Version {number}"}}}}
        assert put(service, name, changed).json()["version"] == number

        answer = send(service, user, name, notification_type="sms")

        found = service.notification(user, answer.json()["id"])
        assert found["content"] == f"Version {number}"
    old = send(service, user, f"{name}@1", notification_type="sms").json()["id"]
    assert service.notification(user, old)["content"].startswith("Zoë")


def test_a_preview_is_what_is_sent(service: Service, user: Someone, name: str) -> None:
    asked = {"notification_type": "email", "variables": VARIABLES}

    preview = service.post(f"/templates/{name}/preview", asked).json()

    found = sent(service, user, name)
    (message,) = service.sandbox.messages(provider="mailgun", notification_id=found["id"])
    assert {part: preview[part] for part in ("subject", "content", "html")} == {
        "subject": message["subject"],
        "content": message["text"],
        "html": message["html"],
    }


def test_what_is_not_stored_yet_can_be_previewed(service: Service) -> None:
    asked = {"notification_type": "sms", "variables": VARIABLES, "template": TEMPLATE}

    answer = service.post("/templates/not-there-yet/preview", asked)

    assert answer.status_code == 200
    assert answer.json()["content"] == "Zoë <b>: order 17 is with the post."
    assert service.get("/templates/not-there-yet").status_code == 404


def test_versions_are_kept_listed_and_deleted_with_the_template(
    service: Service, user: Someone, name: str
) -> None:
    assert put(service, name, TEMPLATE).status_code == 200
    assert put(service, name, {**TEMPLATE, "description": "again"}).status_code == 201

    versions = service.get(f"/templates/{name}/versions").json()["data"]
    assert [each["version"] for each in versions] == [2, 1]
    first = service.get(f"/templates/{name}", version="1").json()
    assert first["description"] == TEMPLATE["description"]

    deleted = service.session.delete(service.url(f"/templates/{name}"), timeout=60)

    assert deleted.status_code == 200
    assert service.get(f"/templates/{name}").status_code == 404
    assert fields_of(send(service, user, name)) == ["template"]
    assert fields_of(send(service, user, f"{name}@1")) == ["template"]
    assert put(service, name, TEMPLATE).json()["version"] == 3


def test_templates_are_listed_a_page_at_a_time(service: Service, name: str) -> None:
    names = sorted([name, *(f"{name}.{number}" for number in range(4))])
    for each in names[1:]:
        assert put(service, each, TEMPLATE).status_code == 201
    seen: list[str] = []
    query = {"limit": "3"}
    while True:
        page = service.get("/templates", **query).json()
        seen += [entry["name"] for entry in page["data"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]

    assert seen == sorted(seen)
    assert [each for each in seen if each.startswith(name)] == names


def test_of_many_who_store_at_once_each_makes_a_version_of_its_own(
    service: Service, name: str
) -> None:
    """None is lost, none is there twice; who is told to come back comes back."""

    def store(number: int) -> int:
        while True:
            answer = put(service, name, {**TEMPLATE, "description": f"number {number}"})
            if answer.status_code != 503:
                assert answer.status_code == 201, answer.text
                return int(answer.json()["version"])

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(store, range(16)))

    assert sorted(numbers) == list(range(2, 18))
    for number, version in enumerate(numbers):
        stored = service.get(f"/templates/{name}", version=str(version)).json()
        assert stored["description"] == f"number {number}"
    assert service.get(f"/templates/{name}").json()["version"] == 17


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"variables": {}}, ["variables.name", "variables.order"]),
        ({"variables": {"name": "Zoë"}}, ["variables.order"]),
        ({"variables": {"name": "Zoë", "order": {}}}, ["variables.order"]),
        ({"variables": {"name": "Zoë", "order": {"id": "1\nBcc: x", "lines": []}}}, ["template"]),
        ({"variables": None, "content": "hello"}, ["content"]),
        ({"template": "no-such-template"}, ["template"]),
        ({"locale": "german"}, ["locale"]),
    ],
)
def test_what_keeps_a_notification_from_being_sent_is_named(
    service: Service, user: Someone, name: str, change: dict[str, Any], fields: list[str]
) -> None:
    assert fields_of(send(service, user, name, **change)) == fields
    assert service.get(f"/users/{user.id}/notifications").status_code == 400


@pytest.mark.parametrize(
    "text",
    [
        "{% for i in (1..1000000000) %}x{% endfor %}",
        "{{ name | replace: 'a' }",
        "{% include 'secrets' %}",
        "{{ now }}",
        "{{ name.__class__ }}" + "{{ name",
        "{% if name %}" * 25 + "{% endif %}" * 25,
        "{% a" + " " * 50_000 + "%}",
    ],
    ids=lambda text: text[:20],
)
def test_a_hostile_template_is_not_stored(service: Service, name: str, text: str) -> None:
    hostile = {**TEMPLATE, "channels": {"sms": {"en": {"text": text}}}}

    (field,) = fields_of(put(service, name, hostile))

    assert field in {"channels.sms.en.text", "variables.now"}
    assert service.get(f"/templates/{name}").json()["version"] == 1


@pytest.mark.parametrize(
    "text",
    [
        "{% for a in order.lines %}{% for b in order.lines %}{{ b }}{% endfor %}{% endfor %}",
        "{% assign a = 'ab' %}" + "{% assign a = a | append: a %}" * 30,
        "{% assign a = 9 %}" + "{% assign a = a | times: a %}" * 30,
        "{{ order }}",
        "{{ order.lines | join: name | replace: 'x', name }}",
    ],
    ids=lambda text: text[:20],
)
def test_what_costs_too_much_is_cut_off(
    service: Service, user: Someone, name: str, text: str
) -> None:
    hostile = {**TEMPLATE, "channels": {"sms": {"en": {"text": text}}}}
    assert put(service, name, hostile).status_code == 201
    values = {"name": "x" * 2_000, "order": {"lines": ["x"] * 2_000}}

    answer = send(service, user, name, notification_type="sms", variables=values)

    assert fields_of(answer) == ["template"]
    assert service.get(f"/users/{user.id}/notifications").status_code == 400
