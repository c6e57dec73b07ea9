"""The iterator over a user's notifications."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notificationd_client import NO_RETRIES, Client, InvalidRequest, UnexpectedAnswer
from tests.fakes.http import session_with

if TYPE_CHECKING:
    import requests

URL = "http://api.example.com"
PAGES = st.lists(st.lists(st.uuids().map(str), max_size=4), min_size=1, max_size=6)


def entry(notification_id: str) -> dict[str, Any]:
    return {
        "id": notification_id,
        "user_id": 4,
        "notification_type": "in-app",
        "content": "hello",
        "status": "sent",
        "timestamp": "2026-11-23T03:43:42.000Z",
        "created_at": "2026-11-23T03:43:42.000Z",
        "a field of tomorrow": {},
    }


class Book:
    """Pages, and which of them were asked for."""

    def __init__(self, pages: list[list[str]]) -> None:
        self.pages = pages
        self.queries: list[dict[str, list[str]]] = []

    def answer(self, request: requests.PreparedRequest) -> tuple[int, Any]:
        query = parse_qs(urlsplit(str(request.url)).query)
        self.queries.append(query)
        number = int(query.get("cursor", ["0"])[0])
        following = str(number + 1) if number + 1 < len(self.pages) else None
        return 200, {"data": [entry(each) for each in self.pages[number]], "next": following}

    def client(self) -> Client:
        return Client(URL, "key", retries=NO_RETRIES, session=session_with(self.answer))


@given(PAGES)
def test_every_notification_comes_once_in_order_however_they_lie_on_pages(
    pages: list[list[str]],
) -> None:
    book = Book(pages)
    found = [each.id for each in book.client().notifications(4)]

    assert found == [each for page in pages for each in page]
    assert len(book.queries) == len(pages)


@given(PAGES, st.integers(0, 24))
def test_no_page_is_asked_for_before_it_is_needed(pages: list[list[str]], wanted: int) -> None:
    book = Book(pages)
    taken = list(islice(book.client().notifications(4), wanted))

    needed, so_far = 0, 0
    while so_far < wanted and needed < len(pages):
        so_far += len(pages[needed])
        needed += 1
    assert len(taken) == min(wanted, so_far)
    assert len(book.queries) == needed


def test_the_filters_go_with_every_page() -> None:
    book = Book([["a"], ["b"]])
    list(book.client().notifications(4, type="in-app", status="sent", unread=True, page_size=7))

    filters = {"type": ["in-app"], "status": ["sent"], "unread": ["true"], "limit": ["7"]}
    assert book.queries == [filters, filters | {"cursor": ["1"]}]


def test_a_user_who_never_had_any_has_none() -> None:
    session = session_with(lambda _: (400, {"code": "no_notifications"}))

    assert list(Client(URL, "key", session=session).notifications(4)) == []


def test_any_other_problem_is_raised() -> None:
    session = session_with(lambda _: (422, {"code": "invalid_request"}))

    with pytest.raises(InvalidRequest):
        list(Client(URL, "key", session=session).notifications(4))


def test_a_page_that_follows_itself_is_not_read_for_ever() -> None:
    session = session_with(lambda _: (200, {"data": [entry("a")], "next": "1"}))

    with pytest.raises(UnexpectedAnswer):
        list(Client(URL, "key", session=session).notifications(4))
