"""What a notification may contain, channel by channel."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from notificationd.domain.errors import FieldError
from notificationd.domain.notification import Channel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SMS_CHARACTERS = 1_600
"""Twilio's limit for one message (error 21617); SNS takes no more either."""
CONTENT_BYTES = 64 * 1024
"""Of email and in-app, in UTF-8: fits a queue's message and a socket's frame."""
HTML_BYTES = 64 * 1024
"""Of an email, in UTF-8, beside its text."""
MESSAGE_BYTES = 240 * 1024
"""Of an email's text and HTML as JSON: with the rest they fit into a queue's message of 256 KB."""
SUBJECT_CHARACTERS = 255
BATCH_ENTRIES = 100
"""Notifications that one request may send."""
DATA_BYTES = 16 * 1024
"""Of `data` as JSON in UTF-8."""
USER_ID_CHARACTERS = 128
EXPIRY_SECONDS = 4 * 24 * 60 * 60
"""As long as a queue keeps a message: what has not been sent by then never will be."""

# Tab, line feed and carriage return are text; other control characters are never meant, and
# no provider takes them. Lone surrogates have no UTF-8 form.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_LINE_BREAKING = re.compile("[\x00-\x1f\x7f\ud800-\udfff\u2028\u2029]")


def user_id_errors(user_id: object) -> Iterator[FieldError]:
    """Yield what is wrong with a user's id."""
    if isinstance(user_id, bool) or not isinstance(user_id, int | str):
        yield FieldError("user_id", "wrong_type", "must be an integer or a string")
        return
    text = str(user_id)
    if not text:
        yield FieldError("user_id", "empty", "must not be empty")
    elif len(text) > USER_ID_CHARACTERS:
        yield FieldError("user_id", "too_long", f"at most {USER_ID_CHARACTERS} characters")
    elif _LINE_BREAKING.search(text):
        yield FieldError("user_id", "not_text", "must not contain control characters")
    elif "/" in text or text in {".", ".."}:
        yield FieldError("user_id", "not_addressable", "must be able to stand in a path")


def is_text(text: str) -> bool:
    """Tell whether a text holds nothing but text: no control characters but those of lines."""
    return _CONTROL.search(text) is None


def json_bytes(value: object) -> int | None:
    """Return how long a value is as JSON in UTF-8, None where it is not plain JSON."""
    try:
        return len(json.dumps(value, ensure_ascii=False, allow_nan=False).encode())
    except (
        ValueError,
        RecursionError,
    ):  # NaN and infinities, and lone surrogates, are not JSON text
        return None


def content_errors(
    channel: Channel,
    content: str,
    subject: str | None,
    data: Mapping[str, Any] | None,
    html: str | None = None,
) -> Iterator[FieldError]:
    """Yield what is wrong with the content of a notification for its channel."""
    yield from _text_errors(channel, content)
    if html is not None:
        yield from _html_errors(channel, content, html)
    if subject is not None:
        yield from _subject_errors(channel, subject)
    if data is not None:
        yield from _data_errors(channel, data)


def _text_errors(channel: Channel, content: str) -> Iterator[FieldError]:
    if not content.strip():
        yield FieldError("content", "empty", "must not be empty")
    elif _CONTROL.search(content):
        yield FieldError("content", "not_text", "must not contain control characters")
    elif channel is Channel.SMS and len(content) > SMS_CHARACTERS:
        yield FieldError("content", "too_long", f"at most {SMS_CHARACTERS} characters for sms")
    elif len(content.encode()) > CONTENT_BYTES:
        yield FieldError("content", "too_long", f"at most {CONTENT_BYTES} bytes in UTF-8")


def _html_errors(channel: Channel, content: str, html: str) -> Iterator[FieldError]:
    if channel is not Channel.EMAIL:
        yield FieldError("html", "not_for_channel", "only an email has HTML")
    elif not html.strip():
        yield FieldError("html", "empty", "must not be empty")
    elif _CONTROL.search(html):
        yield FieldError("html", "not_text", "must not contain control characters")
    elif len(html.encode()) > HTML_BYTES:
        yield FieldError("html", "too_long", f"at most {HTML_BYTES} bytes in UTF-8")
    elif is_text(content) and (json_bytes([content, html]) or 0) > MESSAGE_BYTES:
        detail = f"at most {MESSAGE_BYTES} bytes together with the text, as JSON"
        yield FieldError("html", "too_long", detail)


def _subject_errors(channel: Channel, subject: str) -> Iterator[FieldError]:
    if channel is Channel.SMS:
        yield FieldError("subject", "not_for_channel", "an sms has no subject")
    elif not subject.strip():
        yield FieldError("subject", "empty", "must not be empty")
    elif len(subject) > SUBJECT_CHARACTERS:
        yield FieldError("subject", "too_long", f"at most {SUBJECT_CHARACTERS} characters")
    elif _LINE_BREAKING.search(subject):  # a line break here would start another mail header
        yield FieldError("subject", "not_text", "must be a single line of text")


def _data_errors(channel: Channel, data: Mapping[str, Any]) -> Iterator[FieldError]:
    if channel is not Channel.IN_APP:
        yield FieldError("data", "not_for_channel", "only in-app notifications carry data")
        return
    size = json_bytes(data)
    if size is None:
        yield FieldError("data", "not_json", "must be plain JSON")
    elif size > DATA_BYTES:
        yield FieldError("data", "too_long", f"at most {DATA_BYTES} bytes as JSON")
