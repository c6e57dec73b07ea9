"""Files as HTTP answers: with their types, tagged, and packed for whoever takes that."""

from __future__ import annotations

import base64
import gzip
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_TAG_CHARACTERS = 32


@dataclass(frozen=True, slots=True)
class File:
    """A file that is served.

    Args:
        kind: the suffix that tells its type, like `.html`.
        headers: besides those that every file has.
    """

    content: str
    kind: str
    headers: Mapping[str, str]
    tag: str = field(init=False)
    packed: str = field(init=False)
    """In base64: so binary answers leave a function."""

    def __post_init__(self) -> None:
        """Pack it once, for all requests."""
        raw = self.content.encode()
        # Weak: packed and unpacked are the same file, byte for byte not the same answer.
        object.__setattr__(self, "tag", f'W/"{sha256(raw).hexdigest()[:_TAG_CHARACTERS]}"')
        packed = base64.b64encode(gzip.compress(raw, mtime=0)).decode()
        object.__setattr__(self, "packed", packed)

    def answer(self, request: Mapping[str, str]) -> dict[str, Any]:
        """Answer a request for it.

        Args:
            request: its headers, with their names in lower case.
        """
        headers = {
            **self.headers,
            "Content-Type": TYPES[self.kind],
            "ETag": self.tag,
            "Vary": "Accept-Encoding, Origin",
            "X-Content-Type-Options": "nosniff",
        }
        if self.tag in request.get("if-none-match", "").split(", "):
            return {"statusCode": int(HTTPStatus.NOT_MODIFIED), "headers": headers}
        answer: dict[str, Any] = {"statusCode": int(HTTPStatus.OK), "headers": headers}
        if "gzip" not in request.get("accept-encoding", ""):
            return {**answer, "body": self.content}
        headers["Content-Encoding"] = "gzip"
        return {**answer, "body": self.packed, "isBase64Encoded": True}
