"""What every answer of the API tells a browser, whatever it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from functions.list.app import handler as list_handler
from functions.send.app import handler as send_handler
from functions.users.app import handler as users_handler
from tests.unit.functions.conftest import api_event

if TYPE_CHECKING:
    from tests.unit.functions.conftest import Account, Handler

IN_APP = {"user_id": 4, "notification_type": "in-app", "content": "hello"}
TOKENS = "POST /users/{id}/tokens"
LIST = "GET /users/{id}/notifications"


@pytest.mark.parametrize(
    ("handler", "event", "status"),
    [
        (send_handler, api_event("POST /notifications", body=IN_APP), 201),
        (users_handler, api_event(TOKENS, path={"id": "4"}), 201),
        (list_handler, api_event(LIST, path={"id": "4"}), 400),
        (list_handler, api_event(LIST, path={"id": "4"}, caller={"kind": "nobody"}), 401),
        (send_handler, api_event("POST /notifications", raw="<script>"), 400),
        (send_handler, api_event("POST /notifications", body={"<script>": 1}), 422),
    ],
)
@pytest.mark.usefixtures("account")
def test_an_answer_is_kept_by_nobody_and_run_by_nobody(
    handler: Handler, event: dict[str, Any], status: int
) -> None:
    answer = handler(event, None)

    headers = answer["headers"]
    assert answer["statusCode"] == status
    assert headers["Content-Type"] in {"application/json", "application/problem+json"}
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["Strict-Transport-Security"] == "max-age=31536000"


def test_an_error_of_ours_has_the_same_headers_and_says_nothing(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    del account
    monkeypatch.delenv("TABLE_NAME")

    answer = list_handler(api_event(LIST, path={"id": "4"}), None)

    assert answer["statusCode"] == 500
    assert answer["headers"]["X-Content-Type-Options"] == "nosniff"
    assert "TABLE_NAME" not in answer["body"]
