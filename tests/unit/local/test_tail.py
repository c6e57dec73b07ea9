"""Addresses in what `make run` shows: `make start` keeps it in a file."""

import pytest

from local.tail import masked


@pytest.mark.parametrize(
    ("addresses", "shown"),
    [
        (["ada@example.com"], "a…@example.com"),
        (["+14155550104"], "…0104"),
        (["ada@example.com", "grace@example.com"], "a…@example.com,g…@example.com"),
        ([], ""),
        (["", "12"], "…,…12"),
    ],
)
def test_an_address_is_shown_as_far_as_its_sender_knows_it_again(
    addresses: list[str], shown: str
) -> None:
    assert masked(addresses) == shown
