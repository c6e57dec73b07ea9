"""MiniStack, with two things that its DynamoDB streams lack and that DynamoDB's have.

A program of its own, run in the emulator's environment in place of `python -m ministack`.

- What an INSERT statement writes is on the stream, as everything is that is written.
- The stream outlives a restart, where the tables do: with their state its records are stored too.
  MiniStack stores how far each function has read, but none of what there is to read.
"""

from typing import Any, Final

from ministack.app import main
from ministack.services import dynamodb

_OK: Final = 200
_STREAMS: Final = ("_stream_records", "_stream_trimmed")
"""MiniStack's names: each table's records, and how many older ones are forgotten."""


def put_inserts_on_the_stream() -> None:
    """Let INSERT statements be told of."""
    insert = dynamodb._partiql_insert  # noqa: SLF001 - this is about its inside

    def insert_and_tell(table: dict[str, Any], parsed: dict[str, Any]) -> Any:  # noqa: ANN401 - its own
        answer = insert(table, parsed)
        if answer[0] == _OK:
            item = parsed["item"]
            if set(item) == {"M"}:
                item = item["M"]
            dynamodb._emit_stream_event(parsed["table"], "INSERT", None, item)  # noqa: SLF001
        return answer

    dynamodb._partiql_insert = insert_and_tell  # noqa: SLF001


def keep_streams() -> None:
    """Let the streams be part of the state."""
    get_state = dynamodb.get_state
    load = dynamodb.load_persisted_state

    def get_state_with_streams() -> dict[str, Any]:
        return {**get_state(), **{name: getattr(dynamodb, name) for name in _STREAMS}}

    def load_with_streams(data: dict[str, Any]) -> None:
        load(data)
        for name in _STREAMS:
            getattr(dynamodb, name).update(data[name])

    dynamodb.get_state = get_state_with_streams
    dynamodb.load_persisted_state = load_with_streams


if __name__ == "__main__":
    put_inserts_on_the_stream()
    keep_streams()
    main()
