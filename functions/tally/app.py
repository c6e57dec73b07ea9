"""The table's stream: keep the books."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notificationd.runtime import services
from notificationd.runtime.logs import without_texts
from notificationd.runtime.stream import moves_in, shard_of

if TYPE_CHECKING:
    from collections.abc import Mapping


@without_texts
def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Take in a batch of changes. When this raises, the batch comes again.

    What is kept from one batch of a window to the next is in the table, not in the window's state;
    that has to be answered all the same, and the empty batch that ends a window too.
    """
    services.tally()(shard_of(event), moves_in(event))
    return {"state": event.get("state", {})}
