"""The callers' side: who asks, asks again where there was no answer, and what they were told."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from local.endpoints import Endpoints
    from tests.chaos.orders import Order

TRIES = 400
PAUSE_SECONDS = 0.5
"""Together far longer than the emulator takes to come up again."""
TIMEOUT_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Told:
    """One call and its answer.

    Args:
        token: stands in the content, and in no other notification's.
        status: None where there was no answer, or one that is not the service's own: whether
            anything was accepted, nobody told.
        id: the notification's, with a 201.
    """

    order: Order
    token: str
    status: int | None
    id: str | None = None


class Caller:
    """Sends orders as a backend does: until it is told that one was accepted."""

    def __init__(self, endpoints: Endpoints) -> None:
        self._endpoints = endpoints
        self._local = threading.local()

    def ask(self, order: Order) -> list[Told]:
        """Return what was told, call by call."""
        told: list[Told] = []
        for attempt in range(TRIES):
            told.append(self._call(order, f"order {order.number}, call {attempt}."))
            if told[-1].id is not None:
                break
            time.sleep(PAUSE_SECONDS)  # a caller's own backoff, not a wait for a condition
        return told

    def _call(self, order: Order, token: str) -> Told:
        body = {
            "user_id": order.user,
            "notification_type": order.channel,
            "delivery": order.delivery,
            "content": token,
        }
        try:
            answer = self._session.post(
                f"{self._endpoints.api_url}/notifications", json=body, timeout=TIMEOUT_SECONDS
            )
            document = answer.json()
        except requests.RequestException:
            return Told(order, token, None)
        if answer.status_code == HTTPStatus.CREATED:
            return Told(order, token, answer.status_code, document["id"])
        # Without a code it is the gateway's: the function died, or could not be reached.
        is_ours = isinstance(document, dict) and "code" in document
        return Told(order, token, answer.status_code if is_ours else None)

    @property
    def _session(self) -> requests.Session:
        if not hasattr(self._local, "session"):
            session = requests.Session()
            session.trust_env = False
            session.headers["Authorization"] = f"Bearer {self._endpoints.api_key}"
            self._local.session = session
        found: requests.Session = self._local.session
        return found
