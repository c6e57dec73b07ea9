"""Templates as values: names, locales, and what tells one from another."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notificationd.domain.notification import Channel
from notificationd.domain.template import (
    Body,
    Template,
    Variable,
    canonical_locale,
    fingerprint,
    from_document,
    to_document,
)
from notificationd.domain.template_choice import parse_choice
from tests.fakes.templates import WELCOME, template


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("welcome", ("welcome", None)),
        ("welcome@3", ("welcome", 3)),
        ("order.shipped-2_x@999999999", ("order.shipped-2_x", 999_999_999)),
        ("welcome@", None),
        ("welcome@0", None),
        ("welcome@01", None),
        ("welcome@1000000000", None),
        ("welcome@newest", None),
        ("welcome@1@2", None),
        ("@1", None),
        ("", None),
        ("Welcome", None),
        ("welcome\n", None),
    ],
)
def test_a_choice_is_a_name_and_maybe_a_version(
    text: str, expected: tuple[str, int | None] | None
) -> None:
    assert parse_choice(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("de", "de"),
        ("DE", "de"),
        ("de-at", "de-AT"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("de-CH-1996", "de-CH-1996"),
        ("fil", "fil"),
        ("", None),
        ("d", None),
        ("german", None),
        ("de_AT", None),
        ("de-", None),
        ("de-A", None),
        ("de\n", None),
        ("dé", None),
    ],
)
def test_a_locale_has_one_form(text: str, expected: str | None) -> None:
    """RFC 5646, section 2.1.1."""
    assert canonical_locale(text) == expected


@given(st.from_regex(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", fullmatch=True))
def test_the_one_form_of_a_locale_is_its_own(text: str) -> None:
    locale = canonical_locale(text)

    assert locale is not None
    assert canonical_locale(locale) == locale
    assert locale.lower() == text.lower()


def test_a_template_is_written_and_read_as_json() -> None:
    document = json.loads(json.dumps(to_document(WELCOME)))

    assert from_document(document) == WELCOME


@pytest.mark.parametrize(
    "variable",
    [
        Variable(),
        Variable(description="First name"),
        Variable(required=False),
        Variable(required=False, default={"a": [1, None]}),
    ],
)
def test_a_variable_is_written_and_read_as_json(variable: Variable) -> None:
    made = template(variables={"a": variable})

    assert from_document(json.loads(json.dumps(to_document(made)))) == made


_OTHER = [
    template(description=None),
    template(default_locale="de"),
    template(variables={}),
    template(variables={**WELCOME.variables, "order": Variable()}),
    template(variables={**WELCOME.variables, "gift": Variable(required=False, default=1)}),
    template(variables={**WELCOME.variables, "gift": Variable(required=False, default=True)}),
    template(variables={**WELCOME.variables, "gift": Variable(required=False, default=1.0)}),
    template(bodies={Channel.SMS: {"en": Body(text="Welcome")}}),
    template(bodies={Channel.SMS: {"en-GB": Body(text="Welcome")}}),
    template(bodies={Channel.IN_APP: {"en": Body(text="Welcome")}}),
    template(bodies={Channel.IN_APP: {"en": Body(text="Welcome", subject="Hi")}}),
    template(bodies={Channel.EMAIL: {"en": Body(text="Welcome", html="Hi")}}),
]


def test_no_two_templates_have_the_same_fingerprint() -> None:
    prints = [fingerprint(each) for each in (WELCOME, *_OTHER)]

    assert len(set(prints)) == len(prints)


def test_the_order_in_which_a_template_is_written_makes_no_difference() -> None:
    def turned(made: Template) -> Template:
        bodies = {
            channel: dict(reversed(list(each.items())))
            for channel, each in reversed(list(made.bodies.items()))
        }
        return replace(made, bodies=bodies, variables=dict(reversed(list(made.variables.items()))))

    assert fingerprint(turned(WELCOME)) == fingerprint(WELCOME)
