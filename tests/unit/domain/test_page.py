"""Cursors: opaque, and good for the user that they were made for."""

import base64
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from notificationd.domain.errors import InvalidRequest
from notificationd.domain.page import decode_cursor, decode_key, encode_cursor, encode_key

ID = "0199a2b3-0000-7000-8000-000000000004"
USERS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=128)
IDS = st.uuids().map(str)


def refused(user: str, cursor: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        decode_cursor(user, cursor)
    assert [(error.field, error.code) for error in caught.value.fields] == [("cursor", "invalid")]


@given(USERS, IDS)
def test_a_cursor_leads_its_user_back_to_the_same_place(user: str, last_seen: str) -> None:
    assert decode_cursor(user, encode_cursor(user, last_seen)) == last_seen


@given(USERS, USERS, IDS)
def test_a_cursor_of_another_user_s_is_refused(user: str, other: str, last_seen: str) -> None:
    assume(user != other)

    refused(other, encode_cursor(user, last_seen))


@given(st.integers(0, 23), st.integers(1, 255))
def test_a_cursor_in_which_any_byte_was_changed_is_refused(position: int, change: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(encode_cursor("4", ID)))
    raw[position] ^= change

    refused("4", base64.urlsafe_b64encode(raw).decode())


@given(st.text())
def test_whatever_else_comes_as_a_cursor_is_refused(cursor: str) -> None:
    refused("4", cursor)


@pytest.mark.parametrize(
    "cursor",
    [
        encode_cursor("4", ID)[:-1],
        encode_cursor("4", ID) + "AAAA",
        encode_cursor("4", ID) + "\n",
        " " + encode_cursor("4", ID),
        ID,
        "%",
        "é",
    ],
)
def test_a_mangled_cursor_is_refused(cursor: str) -> None:
    refused("4", cursor)


@given(USERS, IDS)
def test_a_cursor_needs_no_escaping_in_an_address(user: str, last_seen: str) -> None:
    cursor = encode_cursor(user, last_seen)

    assert cursor.isascii()
    assert cursor.replace("-", "").replace("_", "").isalnum()


ANYTHING = re.compile(".+", re.DOTALL)


@given(st.text(), st.text(st.characters(codec="utf-8"), min_size=1))
def test_a_cursor_of_a_list_leads_back_to_the_same_entry(listing: str, entry: str) -> None:
    assume(not re.search("[\ud800-\udfff]", listing))

    assert decode_key(listing, encode_key(listing, entry), ANYTHING) == entry


@pytest.mark.parametrize(
    ("listing", "cursor", "form"),
    [
        ("a", encode_key("b", "entry"), ANYTHING),
        ("a", encode_key("a", "entry"), re.compile("[0-9]+")),
        ("a", encode_key("a", "entry")[:-4], ANYTHING),
        ("a", "x" + encode_key("a", "entry"), ANYTHING),
        ("a", encode_key("a", ""), ANYTHING),
        ("a", encode_cursor("a", ID), ANYTHING),
        ("a", "", ANYTHING),
        ("a", "ä", ANYTHING),
        ("a", "\ud800", ANYTHING),
        ("a", "?" * 10_000, ANYTHING),
    ],
)
def test_a_cursor_that_is_none_of_the_list_s_is_refused(
    listing: str, cursor: str, form: re.Pattern[str]
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        decode_key(listing, cursor, form)

    assert [(error.field, error.code) for error in caught.value.fields] == [("cursor", "invalid")]
