"""Problems as errors, whoever has answered them."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notificationd.api.problems import problem_of
from notificationd.domain import errors as service
from notificationd.domain.errors import FieldError
from notificationd_client import (
    Conflict,
    FieldProblem,
    Forbidden,
    InvalidRequest,
    NotFound,
    Problem,
    ProblemError,
    RateLimited,
    Unauthenticated,
    Unavailable,
)
from notificationd_client.errors import error_of
from notificationd_client.problems import problem_in, seconds_in

NOW = datetime(2026, 11, 23, 3, 43, 42, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize(
    ("raised", "kind", "retryable"),
    [
        (service.Unauthenticated(), Unauthenticated, False),
        (service.Forbidden(), Forbidden, False),
        (service.NotFound("gone"), NotFound, False),
        (service.TooLate("sent"), Conflict, False),
        (service.InFlight(3), Conflict, True),
        (service.KeyReused(), InvalidRequest, False),
        (
            service.InvalidRequest(FieldError("to", "invalid", "is no address")),
            InvalidRequest,
            False,
        ),
        (service.Unavailable(), Unavailable, True),
        (service.Malformed("no JSON"), ProblemError, False),
        (service.TooLarge("too large"), ProblemError, False),
        (RuntimeError(), Unavailable, True),
    ],
)
def test_what_the_service_answers_is_an_error_of_its_kind(
    raised: Exception, kind: type[ProblemError], *, retryable: bool
) -> None:
    answer = problem_of(raised)
    error = error_of(problem_in(answer.body, answer.status, answer.headers.get("Retry-After")))

    assert type(error) is kind
    assert error.code == answer.body["code"]
    assert error.title == answer.body["title"]
    assert error.detail == answer.body["detail"]
    assert error.is_retryable is retryable


def test_wrong_fields_are_named() -> None:
    answer = problem_of(service.InvalidRequest(FieldError("to", "invalid", "is no address")))
    error = error_of(problem_in(answer.body, answer.status))

    assert error.errors == {"to": FieldProblem("invalid", "is no address")}
    assert "(to is no address)" in str(error)


def test_too_many_requests_are_told_apart() -> None:
    error = error_of(problem_in({"code": "rate_limited"}, 429, "7"))

    assert isinstance(error, RateLimited)
    assert (error.is_retryable, error.retry_after) == (True, 7)


def test_the_gateways_own_answer_has_a_message_only() -> None:
    error = error_of(problem_in({"message": "Unauthorized"}, 401))

    assert isinstance(error, Unauthenticated)
    assert str(error) == "401 Unauthorized: Unauthorized"


def test_an_error_can_be_handed_to_another_process() -> None:
    error = error_of(Problem(422, "invalid_request", "Fields are wrong", "to is wrong"))
    copied = pickle.loads(pickle.dumps(error))  # noqa: S301 - it is our own

    assert (type(copied), copied.problem) == (InvalidRequest, error.problem)


@given(JSON, st.integers(300, 999))
def test_no_answer_is_too_odd_to_be_an_error(body: Any, status: int) -> None:  # noqa: ANN401
    error = error_of(problem_in(body, status))

    assert error.status == status
    assert str(error).startswith(str(status))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        (" 0 ", 0),
        ("1.5", 1.5),
        ("Mon, 23 Nov 2026 03:43:52 GMT", 10),
        ("Mon, 23 Nov 2026 03:43:00 GMT", 0),
    ],
)
def test_the_time_to_wait_is_read(header: str, seconds: float) -> None:
    assert seconds_in(header, NOW) == seconds


@pytest.mark.parametrize(
    "header", [None, "", "soon", "-5", "nan", "inf", "1e999", "Mon, 99 Nov 2026", "23 Nov 2026"]
)
def test_what_makes_no_sense_is_no_time_to_wait(header: str | None) -> None:
    assert seconds_in(header, NOW) is None


@given(st.text())
def test_no_header_is_too_odd_to_be_read(header: str) -> None:
    seconds = seconds_in(header, NOW)

    assert seconds is None or seconds >= 0
