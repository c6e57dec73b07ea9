"""A client of the HTTP API.

```python
with Client(api_url, api_key) as client:
    receipt = client.send(4, "email", "Good to see you.", subject="Welcome")
    print(client.notification(4, receipt.id).status)
```
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

from notificationd_client.answers import (
    DeadLetters,
    Inbox,
    Marked,
    Notification,
    NotificationDetails,
    ReadAll,
    Receipt,
    Redriven,
    User,
    UserToken,
)
from notificationd_client.batch import Batch
from notificationd_client.errors import NotificationdError, ProblemError, UnexpectedAnswer
from notificationd_client.message import Delivery, Message, Type, rfc3339
from notificationd_client.retries import Retries
from notificationd_client.transport import Call, Transport

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime, timedelta

    import requests

_LARGEST_PAGE = 100


class Client:
    """Calls the HTTP API with an API key.

    Every method tries again by itself, as `retries` says, where that is safe and may help: after a
    connection that failed, 429, 5xx and, for a request that is still under way, 409. Every method
    raises a NotificationdError where that did not help. Not for several threads at once.

    Args:
        api_url: where the API is, like `https://….execute-api.eu-central-1.amazonaws.com`.
        api_key: a secret of the backend's; it has no business in a browser.
        timeout: seconds that a connection, and then each silence, may take. The API answers within
            30.
        retries: how often, and for how long, it tries; NO_RETRIES for once.
        session: a session of your own, for a proxy or certificates say. It is not closed.

    Raises:
        ValueError: the address is none, or the key can be none.
    """

    def __init__(
        self,
        api_url: str,
        api_key: str,
        *,
        timeout: float = 30.0,
        retries: Retries | None = None,
        session: requests.Session | None = None,
    ) -> None:
        self._transport = Transport(
            api_url,
            api_key,
            timeout=timeout,
            retries=retries or Retries(),
            session=session,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self._transport.url!r})"

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    # --- send

    def send(  # noqa: PLR0913 - the API's own fields, by name
        self,
        user_id: int | str,
        type: Type,  # noqa: A002 - the API's own word
        content: str | None = None,
        *,
        subject: str | None = None,
        html: str | None = None,
        template: str | None = None,
        locale: str | None = None,
        variables: Mapping[str, Any] | None = None,
        to: str | None = None,
        data: Mapping[str, Any] | None = None,
        send_at: datetime | None = None,
        expires_in: int | timedelta | None = None,
        delivery: Delivery | None = None,
        idempotency_key: str | None = None,
    ) -> Receipt:
        """Send a notification; Message says what its fields are.

        Args:
            idempotency_key: 1 to 255 visible characters: within 24 hours all calls with it make one
                notification. Name what it is about, like `order-17-shipped`, and another process
                may make the call again. None makes one up for the tries of this call.

        Raises:
            InvalidRequest: fields are wrong, or the key was used for something else.
            ValueError: `send_at` has no zone, or `expires_in` is no whole number of seconds.
        """
        message = Message(
            user_id,
            type,
            content,
            subject=subject,
            html=html,
            template=template,
            locale=locale,
            variables=variables,
            to=to,
            data=data,
            send_at=send_at,
            expires_in=expires_in,
            delivery=delivery,
        )
        call = Call(
            method="POST",
            path="/notifications",
            body=message.to_json(),
            idempotency_key=_key(idempotency_key),
        )
        return self._transport.call(call, Receipt.of)

    def send_batch(
        self, messages: Iterable[Message], *, idempotency_key: str | None = None
    ) -> list[Receipt | NotificationdError]:
        """Send any number of notifications, a hundred or a megabyte with each request.

        Each is accepted or refused by itself. What the service cannot take now is tried again.

        Args:
            idempotency_key: as for `send`, for the same messages in the same order; at most 240
                characters.

        Returns:
            For each message, in order, its receipt or why it was not accepted. Where a request
            failed after earlier ones were answered, its messages and those after it have its error.

        Raises:
            NotificationdError: the first request failed.
            ValueError: as for `send`; nothing was sent.
        """
        return Batch(messages, _key(idempotency_key)).send(self._transport)

    def cancel(self, user_id: int | str, notification_id: str) -> Notification:
        """Cancel a notification that has not been sent, and return it. Twice is once.

        Raises:
            NotFound: the user has none of that id.
            Conflict: it has been sent, or may have been.
        """
        call = Call(method="DELETE", path=_notification(user_id, notification_id))
        return self._transport.call(call, Notification.of)

    # --- look

    def notification(self, user_id: int | str, notification_id: str) -> NotificationDetails:
        """Return one notification with its timeline.

        Raises:
            NotFound: the user has none of that id.
        """
        call = Call(method="GET", path=_notification(user_id, notification_id))
        return self._transport.call(call, NotificationDetails.of)

    def notifications(
        self,
        user_id: int | str,
        *,
        type: Type | None = None,  # noqa: A002 - the API's own word
        status: str | None = None,
        unread: bool | None = None,
        page_size: int = _LARGEST_PAGE,
    ) -> Iterator[Notification]:
        """Return a user's notifications, newest first; pages are asked for as they are needed.

        Args:
            status: one of Notification's.
            unread: True for in-app ones that are unread and not archived, False for the others.
            page_size: how many are asked for at once, 1 to 100.
        """
        query = {
            "limit": page_size,
            "type": type,
            "status": status,
            "unread": _flag(unread),
        }
        return self._pages(_user(user_id) + "/notifications", query)

    def _pages(self, path: str, query: Mapping[str, str | int | None]) -> Iterator[Notification]:
        cursor: str | None = None
        while True:
            call = Call(method="GET", path=path, query={**query, "cursor": cursor})
            try:
                page, following = self._transport.call(call, _page)
            except ProblemError as error:
                if error.code == "no_notifications":  # the user never had any
                    return
                raise
            yield from page
            if following is None:
                return
            if following == cursor:
                raise UnexpectedAnswer("the next page is this one: it would never end")
            cursor = following

    # --- inbox

    def inbox(
        self,
        user_id: int | str,
        *,
        unread: bool | None = None,
        limit: int = 20,
        cursor: str | None = None,
    ) -> Inbox:
        """Return a page of a user's inbox, newest first: in-app ones that are not archived.

        Args:
            unread: True for those that are unread only, False for those that are read.
            limit: 1 to 100.
            cursor: `next` of the page before.
        """
        query = {"limit": limit, "cursor": cursor, "unread": _flag(unread)}
        call = Call(method="GET", path=_user(user_id) + "/inbox", query=query)
        return self._transport.call(call, Inbox.of)

    def mark(
        self,
        user_id: int | str,
        notification_id: str,
        *,
        read: bool | None = None,
        seen: bool | None = None,
        archived: bool | None = None,
    ) -> Marked:
        """Change an in-app notification: True does, False undoes, None leaves it as it is.

        All of the user's devices are told.

        Raises:
            NotFound: the user has no in-app notification of that id.
            InvalidRequest: nothing is to be changed.
        """
        marks = {"read": read, "seen": seen, "archived": archived}
        call = Call(
            method="PATCH",
            path=_notification(user_id, notification_id),
            body={name: value for name, value in marks.items() if value is not None},
        )
        return self._transport.call(call, Marked.of)

    def read(self, user_id: int | str, notification_id: str) -> Marked:
        """Mark an in-app notification as read; `mark` says more."""
        return self.mark(user_id, notification_id, read=True)

    def unread(self, user_id: int | str, notification_id: str) -> Marked:
        """Mark an in-app notification as unread; `mark` says more."""
        return self.mark(user_id, notification_id, read=False)

    def seen(self, user_id: int | str, notification_id: str) -> Marked:
        """Mark an in-app notification as seen; `mark` says more."""
        return self.mark(user_id, notification_id, seen=True)

    def archive(self, user_id: int | str, notification_id: str) -> Marked:
        """Take an in-app notification out of the inbox; `mark` says more, and undoes it."""
        return self.mark(user_id, notification_id, archived=True)

    def read_all(self, user_id: int | str, up_to: str | None = None) -> ReadAll:
        """Mark everything in the inbox as read.

        Args:
            up_to: the id of the newest that counts; None for all there is now.
        """
        call = Call(
            method="POST",
            path=_user(user_id) + "/notifications/read-all",
            body=None if up_to is None else {"up_to": up_to},
        )
        return self._transport.call(call, ReadAll.of)

    # --- users

    def user(self, user_id: int | str) -> User:
        """Return a user's contact points.

        Raises:
            NotFound: none were ever stored.
        """
        return self._transport.call(Call(method="GET", path=_user(user_id)), User.of)

    def put_user(
        self, user_id: int | str, *, email: str | None = None, phone: str | None = None
    ) -> User:
        """Store a user's contact points in place of the earlier ones; None removes one.

        Args:
            phone: with its country, like +14155550123.

        Raises:
            InvalidRequest: an address is none.
        """
        call = Call(method="PUT", path=_user(user_id), body={"email": email, "phone": phone})
        return self._transport.call(call, User.of)

    def create_token(self, user_id: int | str, *, expires_in: int | None = None) -> UserToken:
        """Mint a token that opens this user's inbox, for the user's browser.

        Args:
            expires_in: seconds, 60 to 86,400; None for 900.
        """
        call = Call(
            method="POST",
            path=_user(user_id) + "/tokens",
            body=None if expires_in is None else {"expires_in": expires_in},
        )
        return self._transport.call(call, UserToken.of)

    # --- dead letters

    def dead_letters(  # noqa: PLR0913 - the API's own fields, by name
        self,
        *,
        type: Type | None = None,  # noqa: A002 - the API's own word
        reason: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        ids: Iterable[str] | None = None,
        limit: int = _LARGEST_PAGE,
    ) -> DeadLetters:
        """Return what could not be delivered and fits all that is given.

        Args:
            since: the earliest time of failure; an aware datetime.
            until: the time of failure that is too late.
            ids: at most 100.
            limit: 1 to 100.
        """
        wanted = _wanted(type, reason, since, until)
        query = {**wanted, "limit": limit, "ids": None if ids is None else ",".join(ids)}
        call = Call(method="GET", path="/dead-letters", query=query)
        return self._transport.call(call, DeadLetters.of)

    def redrive(  # noqa: PLR0913 - the API's own fields, by name
        self,
        *,
        type: Type | None = None,  # noqa: A002 - the API's own word
        reason: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        ids: Iterable[str] | None = None,
        all: bool = False,  # noqa: A002 - the API's own word
    ) -> Redriven:
        """Send dead letters again: those that fit all that is given.

        Where a try's answer was lost, what that try has sent again is no longer counted.

        Args:
            since: as for `dead_letters`, and so are the others.
            all: without any choice, all have to be asked for.

        Raises:
            InvalidRequest: nothing is chosen, or both some and all.
        """
        wanted = _wanted(type, reason, since, until)
        body: dict[str, Any] = {name: each for name, each in wanted.items() if each is not None}
        if ids is not None:
            body["ids"] = list(ids)
        if all:
            body["all"] = True
        call = Call(method="POST", path="/dead-letters/redrive", body=body)
        return self._transport.call(call, Redriven.of)


def _key(key: str | None) -> str:
    return str(uuid.uuid4()) if key is None else key


def _flag(value: bool | None) -> str | None:  # noqa: FBT001 - it is what is written
    return None if value is None else str(value).lower()


def _page(body: Any) -> tuple[list[Notification], str | None]:  # noqa: ANN401 - any JSON
    return [Notification.of(each) for each in body["data"]], body["next"]


def _wanted(
    type_: str | None, reason: str | None, since: datetime | None, until: datetime | None
) -> dict[str, str | None]:
    return {
        "channel": type_,
        "reason": reason,
        "since": None if since is None else rfc3339(since),
        "until": None if until is None else rfc3339(until),
    }


def _user(user_id: int | str) -> str:
    return f"/users/{_part(user_id)}"


def _notification(user_id: int | str, notification_id: str) -> str:
    return f"/users/{_part(user_id)}/notifications/{_part(notification_id)}"


def _part(value: int | str) -> str:
    """Return an id as a part of a path.

    Raises:
        ValueError: it cannot be one, and would lead to another route.
    """
    text = str(value)
    if text in {"", ".", ".."} or "/" in text:
        raise ValueError(f"{text!r} is not an id: it cannot stand in a path")
    return quote(text, safe="")
