"""What is charged for, and how much."""

from __future__ import annotations

import pytest

from notificationd.adapters.templating.filters import FILTERS, metered
from notificationd.adapters.templating.language import Liquid
from notificationd.adapters.templating.meter import (
    TEXT_CHARACTERS,
    VALUE_STEPS,
    Meter,
    MeteredBuffer,
    OutOfSteps,
    TooLong,
    check,
    size,
)
from notificationd.domain.errors import TemplateFault


def test_a_meter_lets_as_many_steps_pass_as_it_was_given() -> None:
    meter = Meter(3)
    meter.charge(2)
    meter.charge(1)

    with pytest.raises(OutOfSteps):
        meter.charge(1)


@pytest.mark.parametrize(
    ("value", "steps"),
    [
        ("", 1),
        ("x" * 640, 11),
        (1, 1),
        (10**4_000, 208),
        (True, 1),
        (None, 1),
        (1.5, 1),
        ([], 1),
        ([1, 2], 3),
        ([[1], ["x" * 640]], 15),
        ({"a": [1, 2]}, 5),
    ],
)
def test_the_size_of_a_value_counts_all_that_is_in_it(value: object, steps: int) -> None:
    assert size(value) == steps


def test_what_is_written_is_charged_by_its_length_and_bounded() -> None:
    meter = Meter(10_000)
    buffer = MeteredBuffer(meter)

    buffer.write("x" * TEXT_CHARACTERS)

    assert meter.left == 10_000 - 1 - TEXT_CHARACTERS // 64
    with pytest.raises(TooLong):
        buffer.write("x")


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ("x" * TEXT_CHARACTERS, True),
        ("x" * (TEXT_CHARACTERS + 1), False),
        ([1] * (VALUE_STEPS - 1), True),
        ([1] * VALUE_STEPS, False),
        (["x" * 6_400] * 199, False),
        (10**1_000, True),
    ],
)
def test_a_text_or_a_list_that_is_made_on_the_way_is_bounded(value: object, *, fits: bool) -> None:
    if fits:
        check(value)
    else:
        with pytest.raises(TooLong):
            check(value)


@pytest.mark.parametrize(
    ("name", "least"), [("upcase", 500), ("strip_newlines", 2_000), ("newline_to_br", 2_000)]
)
def test_a_filter_is_charged_by_what_it_takes_and_makes(name: str, least: int) -> None:
    """Those that look at each character take longer for it."""
    meter = Meter()
    before = meter.left
    apply = FILTERS[name]
    wanted = {"environment": None} if getattr(apply, "with_environment", False) else {}

    class Plain:
        autoescape = False

    call = metered(
        name, (lambda value: apply(value, environment=Plain)) if wanted else apply, meter
    )
    call("x" * 16_000)

    assert before - meter.left >= least


def test_going_through_a_text_is_charged_even_if_it_does_nothing() -> None:
    rendering = Liquid().rendering({})

    def go_on() -> None:
        for _ in range(30_000):
            rendering.text("{% if 1 %}{% endif %}", html=False)

    with pytest.raises(TemplateFault, match="too much work"):
        go_on()
