"""`notificationctl keys create|list|revoke`."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from local.errors import LocalError
from local.notificationctl.table import print_table
from local.notificationctl.target import Target
from notificationd.adapters.dynamodb.api_keys import DynamoApiKeys
from notificationd.domain.errors import NotFound
from notificationd.domain.identity import Scope
from notificationd.domain.ids import now_ms
from notificationd.services.authenticate import digest, new_api_key


def create(target: Target, name: str, scopes: Sequence[str]) -> None:
    """Create a key and print it: the only time that anyone can see it.

    Args:
        target: the stack.
        name: what the key is for; shown in the list.
        scopes: some of `send`, `read` and `admin`.

    """
    key = new_api_key()
    key_id = _keys(target).create(digest(key), name, frozenset(map(Scope, scopes)), now_ms())
    print(key)
    print(f"Created key {key_id}. It is not shown again.", file=sys.stderr)


def list_all(target: Target) -> None:
    """Print the keys that are valid, oldest first."""
    entries = sorted(_keys(target).list(), key=lambda entry: entry.created_at)
    rows = [
        (entry.id, entry.name, ",".join(sorted(entry.scopes)), _time(entry.created_at))
        for entry in entries
    ]
    print_table(("ID", "NAME", "SCOPES", "CREATED"), rows, empty="No keys.")


def revoke(target: Target, key_id: str) -> None:
    """Delete a key.

    Raises:
        LocalError: there is no such key.

    """
    try:
        _keys(target).revoke(key_id)
    except NotFound:
        raise LocalError(
            f"No key has the id '{key_id}': see 'notificationctl keys list'."
        ) from None
    print(f"Revoked key {key_id}. Answers that are cached let it work for another minute.")


def _keys(target: Target) -> DynamoApiKeys:
    return DynamoApiKeys(target.dynamodb(), target.table)


def _time(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="seconds")
