"""UUIDv7: ids that sort by time."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notificationd.domain.ids import is_uuid7, uuid7

MILLISECONDS = st.integers(0, 2**48 - 1)


@given(MILLISECONDS)
def test_an_id_is_a_version_7_uuid_of_its_millisecond(at: int) -> None:
    value = uuid.UUID(uuid7(at))

    assert (value.version, value.variant) == (7, uuid.RFC_4122)
    assert value.int >> 80 == at


@given(MILLISECONDS, MILLISECONDS)
def test_ids_sort_as_text_by_their_time(one: int, other: int) -> None:
    if one != other:
        assert (uuid7(one) < uuid7(other)) == (one < other)


def test_ids_of_the_same_millisecond_differ() -> None:
    assert len({uuid7(1_764_000_000_000) for _ in range(10_000)}) == 10_000


@given(MILLISECONDS)
def test_every_id_is_recognised(at: int) -> None:
    assert is_uuid7(uuid7(at))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "0199a2b3-0000-4000-8000-000000000004",  # version 4
        "0199a2b3-0000-7000-c000-000000000004",  # another variant
        "0199A2B3-0000-7000-8000-000000000004",  # upper case: the same UUID, but not our text
        "0199a2b300007000800000000000000x",
        "{0199a2b3-0000-7000-8000-000000000004}",
        "0199a2b3-0000-7000-8000-000000000004\n",
        " 0199a2b3-0000-7000-8000-000000000004",
        "\u0660199a2b3-0000-7000-8000-000000000004",  # an Arabic zero
    ],
)
def test_nothing_else_is(text: str) -> None:
    """An id becomes part of a key: what is not exactly one is not asked for at all."""
    assert not is_uuid7(text)
