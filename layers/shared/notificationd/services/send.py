"""Accept a notification: check it, find the address, and hand it to its channel.

The order of the steps is what keeps a promise once it is made. Email and SMS go onto the queue
first: from there on the dispatcher can finish the work alone, so that the record may be written
late or, if this process dies, by the dispatcher. In-app is written first: the record *is* the
inbox, and a push only makes it arrive sooner.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from notificationd.domain.content import content_errors, user_id_errors
from notificationd.domain.errors import FieldError, InvalidRequest, Unavailable
from notificationd.domain.ids import uuid7
from notificationd.domain.notification import Channel, Delivery, Notification, UserId, user_key
from notificationd.domain.record import Status, accepted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from concurrent.futures import Executor

    from notificationd.domain import ports
    from notificationd.domain.template import Rendered
    from notificationd.domain.template_choice import TemplateChoice
    from notificationd.services.push import Push


@dataclass(frozen=True, slots=True, kw_only=True)
class SendCommand:
    """What a caller asks for.

    Args:
        content: empty where there is a template.
        html: of an email, beside its content.
        template: what content, subject and html come from.
        to: overrides the user's own address. Not for in-app.
        expires_in: seconds after which it is not sent any more. Not for in-app.
    """

    user_id: UserId
    channel: Channel
    content: str
    subject: str | None = None
    html: str | None = None
    template: TemplateChoice | None = None
    to: str | None = None
    data: Mapping[str, Any] | None = None
    delivery: Delivery = Delivery.AT_LEAST_ONCE
    expires_in: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """The use case behind `POST /notifications`.

    Args:
        render: makes what a notification says from a template.
        pool: where the two independent calls of an in-app send run side by side.
        clock: returns milliseconds since the epoch.
    """

    notifications: ports.Notifications
    connections: ports.Connections
    profiles: ports.Profiles
    queue: ports.Queue
    addresses: ports.Addresses
    push: Push
    render: Callable[[TemplateChoice, Channel], Rendered]
    journal: ports.Journal
    pool: Executor
    clock: Callable[[], int]

    def __call__(self, command: SendCommand) -> Notification:
        """Accept a notification. When this returns, it will be settled, whatever crashes.

        Raises:
            InvalidRequest: a field is wrong, or the user has no address on the channel.
            Unavailable: the queue or the table cannot take it; nothing was accepted.
        """
        if command.template is not None:
            command = _filled(command, self.render(command.template, command.channel))
        errors = tuple(_errors(command))
        if errors:
            raise InvalidRequest(*errors)
        to = self._address(command)
        at = self.clock()
        notification = Notification(
            id=uuid7(at),
            user_id=command.user_id,
            channel=command.channel,
            content=command.content,
            subject=command.subject,
            html=command.html,
            to=to,
            data=command.data,
            delivery=command.delivery,
            created_at=at,
            expires_at=None if command.expires_in is None else at + command.expires_in * 1000,
        )
        if notification.channel is Channel.IN_APP:
            self._deliver(notification)
        else:
            self._enqueue(notification)
        return notification

    def _address(self, command: SendCommand) -> str | None:
        if command.channel is Channel.IN_APP:
            return None
        if command.to is not None:
            try:
                return self.addresses.normalise(command.channel, command.to)
            except ValueError as error:
                raise InvalidRequest(FieldError("to", "invalid", str(error))) from error
        profile = self.profiles.get(user_key(command.user_id))
        address = profile.address(command.channel) if profile else None
        if address is None:
            detail = f"no {command.channel} address is known for this user, and none was given"
            raise InvalidRequest(FieldError("to", "no_address", detail))
        return address

    def _enqueue(self, notification: Notification) -> None:
        self.queue.put(notification)
        # Accepted. Should the record not be written now, the dispatcher's claim writes it.
        try:
            self.notifications.create(accepted(notification))
        except Unavailable as error:
            self.journal.warn(
                "record_left_to_dispatcher", _ids(notification) | {"error": str(error)}
            )
        self.journal.note("accepted", _ids(notification))

    def _deliver(self, notification: Notification) -> None:
        user = user_key(notification.user_id)
        live = self.pool.submit(self.connections.of, user)
        self.notifications.create(accepted(notification, Status.SENT))
        self.journal.note("accepted", _ids(notification))
        try:
            connection_ids = live.result()
        except Unavailable:
            self.push.later(notification, None)
        else:
            if failed := self.push(notification, connection_ids):
                self.push.later(notification, failed)


def _filled(command: SendCommand, rendered: Rendered) -> SendCommand:
    return replace(
        command,
        template=None,
        content=rendered.content,
        subject=rendered.subject,
        html=rendered.html,
    )


def _errors(command: SendCommand) -> Iterator[FieldError]:
    yield from user_id_errors(command.user_id)
    yield from content_errors(
        command.channel, command.content, command.subject, command.data, command.html
    )
    if command.channel is Channel.IN_APP and command.to is not None:
        yield FieldError("to", "not_for_channel", "an in-app notification goes to the user's inbox")
    if command.channel is Channel.IN_APP and command.expires_in is not None:
        yield FieldError("expires_in", "not_for_channel", "an in-app notification is sent at once")


def _ids(notification: Notification) -> dict[str, object]:
    return {
        "notification_id": notification.id,
        "user_id": notification.user_id,
        "channel": notification.channel,
    }
