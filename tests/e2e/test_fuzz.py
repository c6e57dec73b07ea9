"""The service asked all that its documentation allows, and what it forbids, on a stack of its own.

Its own, since what is asked here is anything: examples of the documentation, which other tests
play, too, and dead letters of other tests, which are redriven.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, seed, settings

from documents import openapi
from local.stack import Stack, settings_beside
from tests.e2e.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "12"))
"""Made up for each operation, besides those of the documentation; `make fuzz` makes more."""
SEED = int(os.environ.get("SEED") or "1")
SETTINGS: dict[str, Any] = {
    "max_examples": EXAMPLES,
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "database": None,
}
SCHEMA: Any = schemathesis.openapi.from_dict(openapi.document())
# 422 and 409 answer what a schema cannot say: that a cursor is another list's, an address is none,
# a time is over. 400 is the first API's for a user without any notification.
SCHEMA.config.checks.positive_data_acceptance.expected_statuses = [
    *("2xx", "400", "404", "409", "422", "429")
]


@pytest.fixture(scope="module")
def fuzzed() -> Iterator[Service]:
    with Stack(settings_beside("fuzz")) as stack, Service(stack) as service:
        yield service


def where(service: Service) -> dict[str, Any]:
    """Return how a stack is called, with a key that may do everything."""
    headers = {"Authorization": f"Bearer {service.endpoints.api_key}"}
    return {"base_url": service.endpoints.api_url, "headers": headers, "timeout": 30}


@SCHEMA.parametrize()  # type: ignore[untyped-decorator]  # made at run time
@seed(SEED)
@settings(**SETTINGS)
def test_the_service_answers_as_it_is_documented(
    case: Any,  # noqa: ANN401 - schemathesis has its own types
    fuzzed: Service,
) -> None:
    """Whatever is asked: no 5xx, no status, type, header or body that is not in the document.

    First the document's examples, then the limits of each schema, then what Hypothesis makes up.
    """
    ids = (case.query or {}).get("ids", [])
    if not isinstance(ids, list):
        return  # as a type it is wrong, but `ids=5` in an address is the list of the one id "5"
    case.call_and_validate(**where(fuzzed))


def test_one_request_after_another_is_answered_as_documented(fuzzed: Service) -> None:
    """What one answers is asked for by the next, along the document's links."""

    class Machine(SCHEMA.as_state_machine()):  # type: ignore[misc]  # made at run time
        def get_call_kwargs(self, _case: object) -> dict[str, Any]:
            return where(fuzzed)

    many = {**SETTINGS, "max_examples": 3 * EXAMPLES}  # few of what is made up is accepted
    Machine.run(settings=settings(**many, stateful_step_count=6, derandomize=True))
