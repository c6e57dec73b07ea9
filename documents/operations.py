"""The operations of the HTTP API: what each takes and answers, with examples.

Which there are, who may call them and what they are for is read from the functions themselves; a
route that is missing here fails the test.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from documents import answers
from notificationd.api import (
    accounting_models,
    dead_letter_models,
    inbox_models,
    send_models,
    template_models,
    user_models,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

ID = "019abc00-5c00-7000-8000-000000000001"
TIME = "2026-11-25T10:00:00.000Z"
NOTIFICATION = {
    "id": ID,
    "user_id": 4,
    "notification_type": "in-app",
    "content": "Order 17 is on its way.",
    "status": "sent",
    "timestamp": TIME,
    "created_at": TIME,
    "read": False,
    "seen": False,
    "archived": False,
}
COUNT = {
    "unread": 1,
    "unread_capped": False,
    "revision": 17,
    "read_up_to": None,
    "settled": "019abc00-5bff-7000-8000-000000000000",
    "recent": [ID],
}
ATTEMPT = {
    "at": TIME,
    "provider": "mailgun",
    "outcome": "accepted",
    "code": "200",
    "detail": None,
    "provider_message_id": "<20261125.1@mg.example.com>",
}
TEMPLATE = {
    "default_locale": "en",
    "variables": {"number": {"required": True}},
    "channels": {"email": {"en": {"subject": "Order {{ number }}", "text": "It is on its way."}}},
}
STORED = {"name": "shipped", "version": 1, "created_at": TIME, "description": None, **TEMPLATE}
SUMMARY = {
    "name": "shipped",
    "version": 1,
    "created_at": TIME,
    "description": None,
    "default_locale": "en",
    "channels": {"email": ["en"]},
}
SENT_ONE = {"id": "$request.body#/user_id", "notification_id": "$response.body#/id"}
SENT_FIRST = {
    "id": "$request.body#/notifications/0/user_id",
    "notification_id": "$response.body#/data/0/id",
}
FIRST_LISTED = {"id": "$request.path.id", "notification_id": "$response.body#/data/0/id"}
SAME_ONE = {"id": "$request.path.id", "notification_id": "$request.path.notification_id"}
SAME_USER = {"id": "$request.path.id"}
NEXT_PAGE = {"cursor": "$response.body#/next"}
SAME_TEMPLATE = {"name": "$request.path.name"}
FIRST_TEMPLATE = {"name": "$response.body#/data/0/name"}
LINE = {"accepted": 3, "sent": 2, "failed": 1, "expired": 0, "cancelled": 0, "in_progress": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What a route takes and answers.

    Args:
        answer: the type of a success, with the statuses that it may have, and an example.
        body: the type of what is sent; None for nothing.
        sent: an example of it, or some by their names.
        codes: of the problems that are its own, besides those that every route has.
        is_keyed: takes an idempotency key.
        is_limited: may be refused by a caller's or a recipient's limit.
        links: what may be asked next, with the parameters that this request or its answer has.
            https://spec.openapis.org/oas/v3.1.1#link-object
    """

    tag: str
    answer: type
    example: Mapping[str, Any]
    statuses: Mapping[int, str] = field(default_factory=lambda: {200: "Done."})
    query: type | None = None
    body: type | None = None
    sent: Mapping[str, Any] = field(default_factory=dict)
    is_body_optional: bool = False
    codes: tuple[str, ...] = ()
    is_keyed: bool = False
    is_limited: bool = False
    links: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


SENDING, INBOX, USERS = "Sending", "Notifications and inbox", "Users and tokens"
TEMPLATES, OPERATING = "Templates", "Operating"
TAGS = (SENDING, INBOX, USERS, TEMPLATES, OPERATING)

OPERATIONS: dict[str, Operation] = {
    "POST /notifications": Operation(
        tag=SENDING,
        body=send_models.SendRequest,
        sent={
            "in-app": {
                "user_id": 4,
                "notification_type": "in-app",
                "content": "Order 17 is on its way.",
            },
            "email": {
                "user_id": 4,
                "notification_type": "email",
                "subject": "Welcome",
                "content": "Good to see you.",
            },
            "sms": {"user_id": 4, "notification_type": "sms", "content": "Your code is 123456."},
            "scheduled": {
                "user_id": 4,
                "notification_type": "sms",
                "content": "Your appointment is in an hour.",
                "send_at": "2027-01-15T08:00:00+01:00",
            },
            "by a template": {
                "user_id": 4,
                "notification_type": "email",
                "template": "shipped",
                "locale": "de-AT",
                "variables": {"number": 17},
            },
        },
        answer=answers.Accepted,
        statuses={201: "It is kept, and will be sent."},
        example={"message": "Notification queued", "id": ID},
        codes=("invalid_request",),
        is_keyed=True,
        is_limited=True,
        links={
            "GET /users/{id}/notifications/{notification_id}": SENT_ONE,
            "PATCH /users/{id}/notifications/{notification_id}": SENT_ONE,
            "DELETE /users/{id}/notifications/{notification_id}": SENT_ONE,
            "GET /users/{id}/notifications": {"id": "$request.body#/user_id"},
            "GET /users/{id}/inbox": {"id": "$request.body#/user_id"},
        },
    ),
    "POST /notifications/batch": Operation(
        tag=SENDING,
        body=send_models.BatchRequest,
        sent={
            "two": {
                "notifications": [
                    {"user_id": 4, "notification_type": "in-app", "content": "Hello."},
                    {"user_id": 5, "notification_type": "sms", "content": "Your code is 123456."},
                ]
            }
        },
        answer=answers.BatchAnswer,
        example={"data": [{"status": 201, "message": "Notification queued", "id": ID}]},
        codes=("invalid_request",),
        is_keyed=True,
        is_limited=True,
        links={
            "GET /users/{id}/notifications/{notification_id}": SENT_FIRST,
            "PATCH /users/{id}/notifications/{notification_id}": SENT_FIRST,
            "DELETE /users/{id}/notifications/{notification_id}": SENT_FIRST,
        },
    ),
    "DELETE /users/{id}/notifications/{notification_id}": Operation(
        tag=SENDING,
        answer=answers.Notification,
        example={
            **{name: NOTIFICATION[name] for name in ("id", "user_id", "content", "created_at")},
            "notification_type": "sms",
            "status": "cancelled",
            "timestamp": TIME,
            "to": "+14155550104",
            "send_at": "2027-01-15T07:00:00.000Z",
        },
        codes=("invalid_request", "not_found", "too_late"),
        links={
            "GET /users/{id}/notifications/{notification_id}": SAME_ONE,
            "DELETE /users/{id}/notifications/{notification_id}": SAME_ONE,
        },
    ),
    "GET /users/{id}/notifications": Operation(
        tag=INBOX,
        query=inbox_models.ListQuery,
        answer=answers.NotificationPage,
        example={"data": [NOTIFICATION], "next": None},
        codes=("invalid_request", "no_notifications"),
        links={
            "GET /users/{id}/notifications": SAME_USER | NEXT_PAGE,
            "GET /users/{id}/notifications/{notification_id}": FIRST_LISTED,
            "PATCH /users/{id}/notifications/{notification_id}": FIRST_LISTED,
            "DELETE /users/{id}/notifications/{notification_id}": FIRST_LISTED,
        },
    ),
    "GET /users/{id}/notifications/{notification_id}": Operation(
        tag=INBOX,
        answer=answers.NotificationDetails,
        example={
            "id": ID,
            "user_id": 4,
            "notification_type": "email",
            "content": "Good to see you.",
            "status": "sent",
            "timestamp": TIME,
            "created_at": TIME,
            "to": "user4@example.com",
            "delivery": "at_least_once",
            "expires_at": None,
            "attempts": [ATTEMPT],
            "attempt_count": 1,
            "next_attempt_at": None,
        },
        codes=("invalid_request", "not_found"),
        links={
            "PATCH /users/{id}/notifications/{notification_id}": SAME_ONE,
            "DELETE /users/{id}/notifications/{notification_id}": SAME_ONE,
        },
    ),
    "PATCH /users/{id}/notifications/{notification_id}": Operation(
        tag=INBOX,
        body=inbox_models.MarkRequest,
        sent={"read": {"read": True}, "archived": {"archived": True}},
        answer=answers.Marked,
        example={"notification": {**NOTIFICATION, "read": True}, **COUNT},
        codes=("invalid_request", "not_found"),
        links={
            "GET /users/{id}/notifications/{notification_id}": SAME_ONE,
            "GET /users/{id}/inbox": SAME_USER,
        },
    ),
    "POST /users/{id}/notifications/read-all": Operation(
        tag=INBOX,
        body=inbox_models.ReadAllRequest,
        is_body_optional=True,
        sent={"all that a page shows": {"up_to": ID}},
        answer=answers.ReadAllAnswer,
        example={"up_to": ID, **COUNT},
        codes=("invalid_request",),
        links={
            "GET /users/{id}/inbox": SAME_USER,
        },
    ),
    "GET /users/{id}/inbox": Operation(
        tag=INBOX,
        query=inbox_models.InboxQuery,
        answer=answers.InboxPage,
        example={"data": [NOTIFICATION], "next": None, **COUNT},
        codes=("invalid_request",),
        links={
            "GET /users/{id}/inbox": SAME_USER | NEXT_PAGE,
            "GET /users/{id}/notifications/{notification_id}": FIRST_LISTED,
            "PATCH /users/{id}/notifications/{notification_id}": FIRST_LISTED,
            "POST /users/{id}/notifications/read-all": SAME_USER,
        },
    ),
    "PUT /users/{id}": Operation(
        tag=USERS,
        body=user_models.ContactPoints,
        sent={"both": {"email": "user4@example.com", "phone": "+14155550104"}},
        answer=answers.User,
        example={"user_id": "4", "email": "user4@example.com", "phone": "+14155550104"},
        codes=("invalid_request",),
        links={
            "GET /users/{id}": SAME_USER,
            "POST /users/{id}/tokens": SAME_USER,
        },
    ),
    "GET /users/{id}": Operation(
        tag=USERS,
        answer=answers.User,
        example={"user_id": "4", "email": "user4@example.com", "phone": None},
        codes=("invalid_request", "not_found"),
        links={
            "PUT /users/{id}": SAME_USER,
            "POST /users/{id}/tokens": SAME_USER,
        },
    ),
    "POST /users/{id}/tokens": Operation(
        tag=USERS,
        body=user_models.TokenRequest,
        is_body_optional=True,
        sent={"an hour": {"expires_in": 3600}},
        answer=answers.UserToken,
        statuses={201: "The token."},
        example={
            "token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0In0.c2lnbmF0dXJl",
            "expires_at": TIME,
            "websocket_url": "wss://abc.execute-api.us-east-1.amazonaws.com/live",
        },
        codes=("invalid_request",),
        links={
            "GET /users/{id}/inbox": SAME_USER,
        },
    ),
    "PUT /templates/{name}": Operation(
        tag=TEMPLATES,
        body=template_models.TemplateRequest,
        sent={"shipped": TEMPLATE},
        answer=answers.Template,
        statuses={200: "It is the same as the current version.", 201: "A new version."},
        example=STORED,
        codes=("invalid_request",),
        links={
            "GET /templates/{name}": SAME_TEMPLATE,
            "GET /templates/{name}/versions": SAME_TEMPLATE,
            "POST /templates/{name}/preview": SAME_TEMPLATE,
            "DELETE /templates/{name}": SAME_TEMPLATE,
        },
    ),
    "GET /templates/{name}": Operation(
        tag=TEMPLATES,
        query=template_models.TemplateQuery,
        answer=answers.Template,
        example=STORED,
        codes=("invalid_request", "not_found"),
        links={
            "GET /templates/{name}/versions": SAME_TEMPLATE,
            "POST /templates/{name}/preview": SAME_TEMPLATE,
            "DELETE /templates/{name}": SAME_TEMPLATE,
        },
    ),
    "GET /templates": Operation(
        tag=TEMPLATES,
        query=template_models.TemplatesQuery,
        answer=answers.TemplatePage,
        example={"data": [SUMMARY], "next": None},
        codes=("invalid_request",),
        links={
            "GET /templates": NEXT_PAGE,
            "GET /templates/{name}": FIRST_TEMPLATE,
            "DELETE /templates/{name}": FIRST_TEMPLATE,
        },
    ),
    "GET /templates/{name}/versions": Operation(
        tag=TEMPLATES,
        query=template_models.VersionsQuery,
        answer=answers.TemplatePage,
        example={"data": [SUMMARY], "next": None},
        codes=("invalid_request", "not_found"),
        links={
            "GET /templates/{name}/versions": SAME_TEMPLATE | NEXT_PAGE,
            "GET /templates/{name}": SAME_TEMPLATE | {"version": "$response.body#/data/0/version"},
        },
    ),
    "DELETE /templates/{name}": Operation(
        tag=TEMPLATES,
        answer=answers.TemplateDeleted,
        example={"message": "Template deleted", "name": "shipped", "version": 1},
        codes=("invalid_request", "not_found"),
        links={
            "PUT /templates/{name}": SAME_TEMPLATE,
        },
    ),
    "POST /templates/{name}/preview": Operation(
        tag=TEMPLATES,
        body=template_models.PreviewRequest,
        sent={"shipped": {"notification_type": "email", "variables": {"number": 17}}},
        answer=answers.Preview,
        example={
            "version": 1,
            "locale": "en",
            "subject": "Order 17",
            "content": "It is on its way.",
            "html": None,
        },
        codes=("invalid_request", "not_found"),
    ),
    "GET /dead-letters": Operation(
        tag=OPERATING,
        query=dead_letter_models.LettersQuery,
        answer=answers.DeadLetterPage,
        example={
            "data": [
                {
                    "id": ID,
                    "reason": "retries_exhausted",
                    "user_id": 4,
                    "notification_type": "email",
                    "created_at": TIME,
                    "failed_at": TIME,
                    "attempt_count": 5,
                    "last_attempt": {**ATTEMPT, "outcome": "retryable", "code": "503"},
                }
            ],
            "more": False,
        },
        codes=("invalid_request",),
    ),
    "POST /dead-letters/redrive": Operation(
        tag=OPERATING,
        body=dead_letter_models.RedriveRequest,
        sent={"some": {"ids": [ID]}, "for a reason": {"reason": "misconfigured"}},
        answer=answers.RedriveAnswer,
        example={"redriven": 1, "skipped": [], "more": False},
        codes=("invalid_request",),
    ),
    "GET /accounting": Operation(
        tag=OPERATING,
        query=accounting_models.AccountingQuery,
        answer=answers.Books,
        example={
            "from": TIME,
            "to": "2026-11-25T11:00:00.000Z",
            "counted_up_to": "2026-11-25T10:59:30.000Z",
            "data": [{"hour": TIME, "notification_type": "email", **LINE}],
            "totals": {"email": LINE},
            "total": LINE,
        },
        codes=("invalid_request",),
    ),
}
