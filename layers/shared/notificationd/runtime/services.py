"""The composition root: each use case with its adapters, made at first use and then kept.

Imports stand inside the functions on purpose: a Lambda loads what its own use case needs, so that
`authorize` starts without requests, and `dispatch` without pydantic.
"""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING

from notificationd.domain.ids import now_ms
from notificationd.domain.notification import Channel
from notificationd.runtime import aws, config
from notificationd.runtime.logs import LogJournal

if TYPE_CHECKING:
    from collections.abc import Callable

    from notificationd.adapters.dynamodb.connections import DynamoConnections
    from notificationd.adapters.dynamodb.inboxes import DynamoInboxes
    from notificationd.adapters.dynamodb.notifications import DynamoNotifications
    from notificationd.adapters.dynamodb.profiles import DynamoProfiles
    from notificationd.adapters.dynamodb.templates import DynamoTemplates
    from notificationd.adapters.dynamodb.watch_list import DynamoWatchList
    from notificationd.adapters.schedule import EventBridgeSchedule
    from notificationd.adapters.secrets import Secrets
    from notificationd.adapters.sqs import SqsQueue, Visibility
    from notificationd.adapters.sqs_dead_letters import SqsDeadLetters
    from notificationd.adapters.templating.language import Liquid
    from notificationd.adapters.tokens import JwtTokens
    from notificationd.adapters.websocket import ApiGatewaySockets
    from notificationd.domain.template import Rendered
    from notificationd.domain.template_choice import TemplateChoice
    from notificationd.services.authenticate import Authenticate
    from notificationd.services.cancel import Cancel
    from notificationd.services.change_inbox import ChangeInbox
    from notificationd.services.dead_letters import DeadLetterOffice
    from notificationd.services.dispatch import Dispatch
    from notificationd.services.dispatch_push import DispatchPush
    from notificationd.services.idempotent import Idempotent
    from notificationd.services.inbox import Inbox
    from notificationd.services.limit import Limiter
    from notificationd.services.push import Push
    from notificationd.services.read_inbox import CountUnread, ReadInbox
    from notificationd.services.reconcile import Reconcile
    from notificationd.services.render import Render
    from notificationd.services.send import Send
    from notificationd.services.send_batch import SendBatch
    from notificationd.services.templates import TemplateShelf
    from notificationd.services.users import Users
    from notificationd.services.watch import Watch

DEAD_LETTER_SECONDS = 15
"""Half of the functions' time: what was received by then is still worked on."""
DEAD_LETTERS_EXAMINED = 1_000


@cache
def send() -> Send:
    """Return the use case behind `POST /notifications`."""
    from notificationd.adapters.addresses import CheckedAddresses
    from notificationd.services.compose import Compose
    from notificationd.services.send import Send

    return Send(
        compose=Compose(
            profile_of=_profiles().get, addresses=CheckedAddresses(), render=_render_by_need
        ),
        notifications=_notifications(),
        connections=connections(),
        queue=_queue(),
        schedule=_schedule(),
        push=_push(),
        journal=LogJournal(),
        limiter=_limiter(),
        pool=pool(),
        clock=now_ms,
    )


@cache
def send_batch() -> SendBatch:
    """Return the use case behind `POST /notifications/batch`."""
    from notificationd.adapters.addresses import CheckedAddresses
    from notificationd.services.send_batch import SendBatch

    return SendBatch(
        profiles=_profiles(),
        addresses=CheckedAddresses(),
        new_render=_render_once_by_need,
        notifications=_notifications(),
        connections=connections(),
        queue=_queue(),
        schedule=_schedule(),
        push=_push(),
        journal=LogJournal(),
        limiter=_limiter(),
        pool=pool(),
        clock=now_ms,
    )


@cache
def templates() -> TemplateShelf:
    """Return the use cases behind `/templates`."""
    from notificationd.services.templates import TemplateShelf

    return TemplateShelf(
        templates=_templates(),
        language=_language(),
        render=_render(),
        clock=now_ms,
    )


@cache
def cancel() -> Cancel:
    """Return the use case behind `DELETE /users/{id}/notifications/{notification_id}`."""
    from notificationd.services.cancel import Cancel

    return Cancel(
        notifications=_notifications(),
        schedule=_schedule(),
        journal=LogJournal(),
        clock=now_ms,
    )


@cache
def idempotent() -> Idempotent:
    """Return what lets a request be made again."""
    from notificationd.adapters.dynamodb.idempotency import DynamoIdempotencyKeys
    from notificationd.services.idempotent import Idempotent

    return Idempotent(
        keys=DynamoIdempotencyKeys(aws.dynamodb(), config.table_name()),
        clock=now_ms,
        worker_seconds=config.worker_seconds(),
    )


@cache
def inbox() -> Inbox:
    """Return the use cases behind `GET /users/{id}/notifications`."""
    from notificationd.services.inbox import Inbox

    return Inbox(notifications=_notifications(), inboxes=_inboxes(), clock=now_ms)


@cache
def read_inbox() -> ReadInbox:
    """Return the use case behind `GET /users/{id}/inbox` and a socket's `sync`."""
    from notificationd.services.read_inbox import ReadInbox

    return ReadInbox(inboxes=_inboxes(), count=_count_unread(), pool=pool(), clock=now_ms)


@cache
def change_inbox(endpoint: str) -> ChangeInbox:
    """Return the use cases that change an inbox.

    Args:
        endpoint: of the WebSocket API whose sockets are told.
    """
    from notificationd.api import frames
    from notificationd.services.broadcast import Broadcast
    from notificationd.services.change_inbox import ChangeInbox

    broadcast = Broadcast(
        connections=connections(),
        sockets=sockets(endpoint),
        journal=LogJournal(),
        pool=_socket_pool(),
    )
    return ChangeInbox(
        inboxes=_inboxes(),
        connections=connections(),
        count=_count_unread(),
        broadcast=broadcast,
        journal=LogJournal(),
        pool=pool(),
        clock=now_ms,
        frame=frames.state,
    )


@cache
def users() -> Users:
    """Return the use cases behind `/users/{id}` and its tokens."""
    from notificationd.adapters.addresses import CheckedAddresses
    from notificationd.services.users import Users

    return Users(profiles=_profiles(), addresses=CheckedAddresses(), tokens=_tokens(), clock=now_ms)


@cache
def authenticate() -> Authenticate:
    """Return the use case behind the authorizer."""
    from notificationd.adapters.dynamodb.api_keys import DynamoApiKeys
    from notificationd.services.authenticate import Authenticate

    return Authenticate(
        api_keys=DynamoApiKeys(aws.dynamodb(), config.table_name()),
        tokens=_tokens(),
        clock=now_ms,
    )


@cache
def dispatch() -> Dispatch:
    """Return the use case behind the email and SMS queues."""
    from notificationd.adapters.sqs import SqsDeadLetterSink
    from notificationd.runtime.providers import ConfiguredProviders
    from notificationd.services.dispatch import Dispatch

    settings = config.dispatch()
    return Dispatch(
        notifications=_notifications(),
        dead_letters=SqsDeadLetterSink(aws.sqs(), config.dead_letter_queue_url()),
        providers=ConfiguredProviders(secrets()),
        journal=LogJournal(),
        lease_seconds=settings.lease_seconds,
        max_receives=settings.max_receives,
        retry_base_seconds=settings.retry_base_seconds,
        clock=now_ms,
        random=random.random,
    )


@cache
def dispatch_push() -> DispatchPush:
    """Return the use case behind the in-app queue."""
    from notificationd.services.dispatch_push import DispatchPush

    settings = config.dispatch()
    return DispatchPush(
        notifications=_notifications(),
        connections=connections(),
        push=_push(),
        journal=LogJournal(),
        max_receives=settings.max_receives,
        retry_base_seconds=settings.retry_base_seconds,
        clock=now_ms,
        random=random.random,
    )


@cache
def dead_letters() -> DeadLetterOffice:
    """Return the use cases behind `/dead-letters`."""
    from notificationd.adapters.sqs import SqsQueue
    from notificationd.services.dead_letters import DeadLetterOffice

    return DeadLetterOffice(
        letters=_dead_letters(),
        notifications=_notifications(),
        queue=SqsQueue(aws.sqs(), config.queue_urls((Channel.EMAIL, Channel.SMS))),
        journal=LogJournal(),
        pool=pool(),
        clock=now_ms,
        seconds=DEAD_LETTER_SECONDS,
        examined=DEAD_LETTERS_EXAMINED,
    )


@cache
def watch() -> Watch:
    """Return the use case behind the table's stream."""
    from notificationd.services.watch import Watch

    return Watch(watch_list=_watch_list(), look=config.patience().look)


@cache
def reconcile() -> Reconcile:
    """Return the use case behind the schedule."""
    from notificationd.adapters.sqs import SqsQueues
    from notificationd.services.reconcile import CHANNELS, Reconcile

    return Reconcile(
        watch_list=_watch_list(),
        notifications=_notifications(),
        queues=SqsQueues(aws.sqs(), config.queue_urls(CHANNELS)),
        letters=_dead_letters(),
        journal=LogJournal(),
        pool=pool(),
        clock=now_ms,
        patience=config.patience(),
        seconds=DEAD_LETTER_SECONDS,
        examined=DEAD_LETTERS_EXAMINED,
    )


@cache
def connections() -> DynamoConnections:
    """Return the live sockets."""
    from notificationd.adapters.dynamodb.connections import DynamoConnections

    return DynamoConnections(aws.dynamodb(), config.table_name())


@cache
def sockets(endpoint: str) -> ApiGatewaySockets:
    """Return what writes to the live sockets of a WebSocket API."""
    from notificationd.adapters.websocket import ApiGatewaySockets

    return ApiGatewaySockets(aws.sockets(endpoint))


@cache
def visibility() -> Visibility:
    """Return what decides when a message is seen again."""
    from notificationd.adapters.sqs import Visibility

    urls = {url.rpartition("/")[2]: url for url in config.queue_urls().values()}
    return Visibility(aws.sqs(), urls)


@cache
def secrets() -> Secrets:
    """Return the secrets."""
    from notificationd.adapters.secrets import Secrets

    return Secrets(aws.ssm(), config.secrets_prefix())


@cache
def _notifications() -> DynamoNotifications:
    from notificationd.adapters.dynamodb.notifications import DynamoNotifications

    return DynamoNotifications(aws.dynamodb(), config.table_name())


@cache
def _watch_list() -> DynamoWatchList:
    from notificationd.adapters.dynamodb.watch_list import DynamoWatchList

    return DynamoWatchList(aws.dynamodb(), config.table_name())


@cache
def _dead_letters() -> SqsDeadLetters:
    from notificationd.adapters.sqs_dead_letters import SqsDeadLetters

    return SqsDeadLetters(aws.sqs(), config.dead_letter_queue_url(), pool())


@cache
def _inboxes() -> DynamoInboxes:
    from notificationd.adapters.dynamodb.inboxes import DynamoInboxes

    return DynamoInboxes(aws.dynamodb(), config.table_name())


@cache
def _count_unread() -> CountUnread:
    from notificationd.services.read_inbox import CountUnread

    return CountUnread(inboxes=_inboxes(), clock=now_ms)


@cache
def _profiles() -> DynamoProfiles:
    from notificationd.adapters.dynamodb.profiles import DynamoProfiles

    return DynamoProfiles(aws.dynamodb(), config.table_name())


@cache
def _templates() -> DynamoTemplates:
    from notificationd.adapters.dynamodb.templates import DynamoTemplates

    return DynamoTemplates(aws.dynamodb(), config.table_name())


@cache
def _language() -> Liquid:
    from notificationd.adapters.templating.language import Liquid

    return Liquid()


@cache
def _render() -> Render:
    from notificationd.services.render import Render

    return Render(templates=_templates(), language=_language())


def _render_by_need(choice: TemplateChoice, channel: Channel) -> Rendered:
    """Make what a notification says; the template language is loaded by the first one that asks."""
    return _render()(choice, channel)


def _render_once_by_need() -> Callable[[TemplateChoice, Channel], Rendered]:
    """Return the same for one request, which asks for each template once."""

    @cache
    def of_request() -> Render:
        from notificationd.services.render import ReadOnce, Render

        return Render(templates=ReadOnce(_templates()), language=_language())

    def render(choice: TemplateChoice, channel: Channel) -> Rendered:
        return of_request()(choice, channel)

    return render


@cache
def _queue() -> SqsQueue:
    from notificationd.adapters.sqs import SqsQueue

    return SqsQueue(aws.sqs(), config.queue_urls())


@cache
def _schedule() -> EventBridgeSchedule:
    from notificationd.adapters.schedule import EventBridgeSchedule

    settings = config.schedule()
    return EventBridgeSchedule(
        aws.scheduler,
        group=settings.group,
        role=settings.role,
        queues=settings.queues,
        dead_letters=settings.dead_letters,
    )


@cache
def _limiter() -> Limiter | None:
    """Return what limits callers and recipients; None where nothing is limited, as by default."""
    limits = config.limits()
    if limits == config.NO_LIMITS:
        return None
    from notificationd.adapters.dynamodb.buckets import DynamoBuckets
    from notificationd.services.limit import Limiter

    return Limiter(
        buckets=DynamoBuckets(aws.dynamodb(), config.table_name()),
        per_caller=limits.per_caller,
        per_recipient=limits.per_recipient,
        pool=pool(),
        clock=now_ms,
    )


@cache
def _tokens() -> JwtTokens:
    from notificationd.adapters.tokens import JwtTokens

    return JwtTokens(lambda: secrets().get("token-secret"))


@cache
def _push() -> Push:
    from notificationd.api.views import notification_frame
    from notificationd.services.push import Push

    return Push(
        connections=connections(),
        sockets=sockets(config.websocket_endpoint()),
        queue=_queue(),
        journal=LogJournal(),
        pool=_socket_pool(),
        frame=notification_frame,
    )


@cache
def _socket_pool() -> ThreadPoolExecutor:
    """Return the threads that write to sockets.

    Not those of `pool`: they wait for these, and a pool that waits for itself waits for ever.
    """
    return ThreadPoolExecutor(max_workers=aws.SOCKET_POOL_SIZE)


@cache
def pool() -> ThreadPoolExecutor:
    """Return the threads for the records of a batch, and for calls that go side by side."""
    return ThreadPoolExecutor(max_workers=aws.POOL_SIZE)
