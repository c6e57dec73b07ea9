"""The table's stream: take down which notifications stay open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notificationd.runtime import services
from notificationd.runtime.logs import without_texts
from notificationd.runtime.stream import changes_in

if TYPE_CHECKING:
    from collections.abc import Mapping


@without_texts
def handler(event: Mapping[str, Any], _context: object) -> None:
    """Take in a batch of changes. When this raises, the batch comes again."""
    services.watch()(changes_in(event))
