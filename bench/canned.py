"""Answers that stand in for AWS, given without a network."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Raw(io.BytesIO):
    """A body as urllib3 has it."""

    def stream(self, *_: object, **__: object) -> Iterator[bytes]:
        yield self.read()


def response(body: bytes = b"") -> Any:  # noqa: ANN401 - the stubs' class takes none of our making
    """Return a 200 as botocore's transport gives it."""
    return AWSResponse("https://aws.example.com/", 200, HTTPHeaders(), _Raw(body))
