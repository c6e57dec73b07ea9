"""Make a notification of what a caller asks for: check it, and find the address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from notificationd.domain.content import content_errors, user_id_errors
from notificationd.domain.errors import FieldError, InvalidRequest
from notificationd.domain.notification import Channel, Delivery, Notification, UserId, user_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from notificationd.domain import ports
    from notificationd.domain.idempotency import Origin
    from notificationd.domain.profile import Profile
    from notificationd.domain.template import Rendered
    from notificationd.domain.template_choice import TemplateChoice

    type Renderer = Callable[[TemplateChoice, Channel], Rendered]

LATEST_MS = 366 * 24 * 60 * 60 * 1000
"""How far ahead a notification can be scheduled."""
PAST_MS = 60_000
"""A time that is over by no more is taken for now: clocks differ, and requests take their time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendCommand:
    """What a caller asks for.

    Args:
        content: empty where there is a template.
        html: of an email, beside its content.
        template: what content, subject and html come from.
        to: overrides the user's own address. Not for in-app.
        send_at: not before then; milliseconds since the epoch. None for at once.
        expires_in: seconds after which it is not sent any more, from then or from now on. Not for
            in-app.
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
    send_at: int | None = None
    expires_in: int | None = None

    @property
    def needs_address(self) -> bool:
        """Whether the user's own address is to be looked up."""
        return self.channel is not Channel.IN_APP and self.to is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compose:
    """Checks a command and makes its notification.

    Args:
        profile_of: returns what is known of a user, None for nothing.
        render: makes what a notification says from a template.
    """

    profile_of: Callable[[str], Profile | None]
    addresses: ports.Addresses
    render: Renderer

    def __call__(self, command: SendCommand, origin: Origin, place: int = 0) -> Notification:
        """Return the notification that a command asks for.

        Args:
            origin: of the request. The same one makes the same notification again.
            place: of the command in the request.

        Raises:
            InvalidRequest: a field is wrong, or the user has no address on the channel.
            Unavailable: the address or the template cannot be looked up now.
        """
        command = filled(command, self.render)
        if errors := tuple(command_errors(command, origin.at)):
            raise InvalidRequest(*errors)
        send_at = command.send_at
        if send_at is not None and send_at <= origin.at:
            send_at = None
        begins_at = origin.at if send_at is None else send_at
        lasts = command.expires_in
        return Notification(
            # The time in the id is when it is sent: in the inbox it stands where it appears.
            id=origin.new_id(place, begins_at),
            user_id=command.user_id,
            channel=command.channel,
            content=command.content,
            subject=command.subject,
            html=command.html,
            to=self._address(command),
            data=command.data,
            delivery=command.delivery,
            created_at=origin.at,
            send_at=send_at,
            expires_at=None if lasts is None else begins_at + lasts * 1000,
        )

    def _address(self, command: SendCommand) -> str | None:
        if command.channel is Channel.IN_APP:
            return None
        if command.to is not None:
            try:
                return self.addresses.normalise(command.channel, command.to)
            except ValueError as error:
                raise InvalidRequest(FieldError("to", "invalid", str(error))) from error
        profile = self.profile_of(user_key(command.user_id))
        address = profile.address(command.channel) if profile else None
        if address is None:
            detail = f"no {command.channel} address is known for this user, and none was given"
            raise InvalidRequest(FieldError("to", "no_address", detail))
        return address


def filled(command: SendCommand, render: Renderer) -> SendCommand:
    """Return a command with what its template says, if it has one.

    Raises:
        InvalidRequest: the template or one of its variables is missing, or is not as it should be.
        Unavailable: the template cannot be looked up now.
    """
    if command.template is None:
        return command
    rendered = render(command.template, command.channel)
    return replace(
        command,
        template=None,
        content=rendered.content,
        subject=rendered.subject,
        html=rendered.html,
    )


def command_errors(command: SendCommand, at: int) -> Iterator[FieldError]:
    """Yield what is wrong with a command by itself.

    Args:
        at: when it was first made, in milliseconds since the epoch.
    """
    yield from user_id_errors(command.user_id)
    yield from content_errors(
        command.channel, command.content, command.subject, command.data, command.html
    )
    if command.channel is Channel.IN_APP and command.to is not None:
        yield FieldError("to", "not_for_channel", "an in-app notification goes to the user's inbox")
    if command.channel is Channel.IN_APP and command.expires_in is not None:
        yield FieldError("expires_in", "not_for_channel", "an in-app notification is sent at once")
    if command.send_at is not None and command.send_at < at - PAST_MS:
        yield FieldError("send_at", "in_the_past", "must be a time to come")
    if command.send_at is not None and command.send_at > at + LATEST_MS:
        yield FieldError("send_at", "too_late", "at most a year ahead")
