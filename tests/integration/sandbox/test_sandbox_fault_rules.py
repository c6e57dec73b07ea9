"""Which calls a fault hits, and which fault requests are refused. No sockets."""

from typing import Any

import pytest

from local.sandbox.errors import InvalidFieldsError
from local.sandbox.exchange import ProviderName
from local.sandbox.fault_rules import parse
from local.sandbox.faults import FaultBook

VALID = {"provider": "mailgun", "kind": "500", "times": 1}


def _hits(document: dict[str, Any], calls: int) -> list[bool]:
    book = FaultBook()
    book.add(parse(document))
    return [book.take(ProviderName.MAILGUN, []) is not None for _ in range(calls)]


def test_a_share_with_a_seed_hits_the_same_calls_every_time() -> None:
    """Another seed hits others; about the share of them is hit."""
    half = {"provider": "mailgun", "kind": "500", "share": 0.5}

    first = _hits(half | {"seed": 1}, 1000)
    assert first == _hits(half | {"seed": 1}, 1000)
    assert first != _hits(half | {"seed": 2}, 1000)
    assert 400 < sum(first) < 600


@pytest.mark.parametrize(("share", "expected"), [(0, 0), (1, 50), (1.0, 50)])
def test_the_ends_of_a_share_hit_none_and_all(share: float, expected: int) -> None:
    """A share stays until it is cleared."""
    document = {"provider": "mailgun", "kind": "500", "share": share}
    assert expected == sum(_hits(document, 50))


def test_a_fault_of_one_provider_spares_the_other() -> None:
    """And keeps what it has left."""
    book = FaultBook()
    fault = book.add(parse(VALID))

    assert book.take(ProviderName.TWILIO, []) is None
    assert book.take(ProviderName.MAILGUN, []) is fault


def test_the_oldest_fault_that_hits_decides() -> None:
    """One that does not hit this call is passed over, and keeps what it has left."""
    book = FaultBook()
    other = book.add(parse(VALID | {"to": "grace@example.com"}))
    first = book.add(parse(VALID | {"kind": "429"}))
    second = book.add(parse(VALID))

    taken = [book.take(ProviderName.MAILGUN, ["ada@example.com"]) for _ in range(3)]
    assert taken == [first, second, None]
    assert book.active() == [other]
    assert other.remaining == 1


@pytest.mark.parametrize(
    ("document", "fields"),
    [
        ([], {""}),
        ("500", {""}),
        (None, {""}),
        ({}, {"provider", "kind", "times"}),
        (VALID | {"provider": "sendgrid"}, {"provider"}),
        (VALID | {"provider": ["mailgun"]}, {"provider"}),
        (VALID | {"kind": "404"}, {"kind"}),
        (VALID | {"kind": 500}, {"kind"}),
        (VALID | {"times": 0}, {"times"}),
        (VALID | {"times": 1.5}, {"times"}),
        (VALID | {"times": True}, {"times"}),
        (VALID | {"times": "2"}, {"times"}),
        (VALID | {"times": None}, {"times"}),
        (VALID | {"times": 1_000_001}, {"times"}),
        (VALID | {"share": 0.5}, {"share"}),
        (VALID | {"seed": 1}, {"seed"}),
        ({"provider": "mailgun", "kind": "500", "share": 1.1}, {"share"}),
        ({"provider": "mailgun", "kind": "500", "share": float("nan")}, {"share"}),
        ({"provider": "mailgun", "kind": "500", "share": 0.5, "seed": "x"}, {"seed"}),
        (VALID | {"latency": -1}, {"latency"}),
        (VALID | {"latency": 61}, {"latency"}),
        (VALID | {"kind": "slow"}, {"latency"}),
        (VALID | {"kind": "timeout", "latency": 1}, {"latency"}),
        (VALID | {"retry_after": 1}, {"retry_after"}),
        (VALID | {"kind": "429", "retry_after": 1.5}, {"retry_after"}),
        (VALID | {"kind": "refuse"}, {"status"}),
        (VALID | {"kind": "refuse", "status": 200}, {"status"}),
        (VALID | {"kind": "refuse", "status": "404"}, {"status"}),
        (VALID | {"status": 404}, {"status"}),
        (VALID | {"kind": "refuse", "status": 400, "code": 30005}, {"code"}),
        (VALID | {"provider": "twilio", "kind": "429", "code": 30005}, {"code"}),
        (VALID | {"provider": "twilio", "kind": "refuse", "status": 400, "code": 5}, {"code"}),
        (VALID | {"to": " "}, {"to"}),
        (VALID | {"to": 5}, {"to"}),
        (VALID | {"accept": True}, {"accept"}),
        (VALID | {"kind": "drop", "accept": "yes"}, {"accept"}),
        (VALID | {"tims": 1, "kind": "x"}, {"tims", "kind"}),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_by_field(
    document: object, fields: set[str]
) -> None:
    """All fields at fault are named, not only the first."""
    with pytest.raises(InvalidFieldsError) as caught:
        parse(document)

    assert fields == set(caught.value.errors)
