"""Templates that mean harm: whatever stands in them, they are refused or cut off, in good time."""

from __future__ import annotations

import time
import tracemalloc
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notificationd.adapters.templating.filters import FILTERS
from notificationd.adapters.templating.language import Liquid
from notificationd.adapters.templating.meter import TEXT_CHARACTERS
from notificationd.adapters.templating.scan import TAGS
from notificationd.domain.errors import TemplateFault

LIQUID = Liquid()
ONES = [1] * 5_000
TEXT = "a" * 16_000
VALUES: dict[str, Any] = {
    "x": ONES,
    "s": TEXT,
    "t": "\n" * 8_000,
    "u": "€" * 5_000,
    "o": [{"a": number} for number in range(1_200)],
    "n": 10**4_200,
    "f": [1.5] * 3_000,
}
"""As much as a caller may send, and more."""


def outcome(source: str, values: dict[str, Any], *, html: bool = False) -> str:
    """Return the code of the fault that a text comes to, or `ok`."""
    try:
        LIQUID.examine(source, html=html)
        text = LIQUID.rendering(values).text(source, html=html)
    except TemplateFault as fault:
        return fault.code
    assert len(text) <= TEXT_CHARACTERS
    return "ok"


CAPTURES = (
    "{% assign y = '' %}{% for i in x %}{% capture y %}{{ y }}{{ s }}{% endcapture %}{% endfor %}"
)
CONCATS = "{% assign y = x %}{% for i in x %}{% assign y = y | concat: x %}{% endfor %}"


def looped(body: str) -> str:
    return f"{{% for a in x %}}{{% for b in x %}}{body}{{% endfor %}}{{% endfor %}}"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{% for i in (1..1000000000) %}x{% endfor %}", "syntax"),
        ("{{ (1..1000000000) | join }}", "syntax"),
        ("{% assign y = s %}" + "{% assign y = y | append: y %}" * 40, "too_long"),
        ("{{ s | replace: 'a', s }}", "too_long"),
        ("{{ s | replace: '', s }}", "too_long"),
        ("{{ x | join: s }}", "too_long"),
        ("{{ s | split: '' | join: s }}", "too_long"),
        ("{{ x | concat: x | concat: x | concat: x | concat: x | size }}", "too_long"),
        ("{% assign y = 9 %}" + "{% assign y = y | times: y %}" * 60, "unrenderable"),
        ("{{ '9' | append: s | times: 9 }}", "unrenderable"),
        ("{{ s }}" * 5, "too_long"),
        ("{% for i in x %}" + "y" * 60_000 + "{% endfor %}", "too_long"),
        ("{% for i in x %}{% capture y %}{{ y }}{{ s }}{% endcapture %}{% endfor %}", "undefined"),
        (CAPTURES, "too_long"),
        (CONCATS, "too_expensive"),
        (looped(""), "too_expensive"),
        (looped(" "), "too_expensive"),
        (looped("{{ b }}"), "too_expensive"),
        (looped("{% if 1 %}{% endif %}" * 50), "too_expensive"),
        (looped("{% case b %}{% when 2,3,4,5,6,7,8,9 %}{% endcase %}" * 10), "too_expensive"),
        (looped("{% assign q = forloop.parentloop.index0 %}" * 20), "too_expensive"),
        (looped("{% assign q = x[x[x[x[0]]]] %}" * 20), "too_expensive"),
        (looped("{% if s == s %}{% endif %}" * 20), "too_expensive"),
        (looped("{% if x == x %}{% endif %}" * 20), "too_expensive"),
        (looped("{% if s contains 'b' %}{% endif %}" * 20), "too_expensive"),
        (looped("{% if x contains 2 %}{% endif %}" * 20), "too_expensive"),
        (looped("{% capture q %}{{ s }}{% endcapture %}"), "too_expensive"),
        (looped("{% assign q = t | strip_newlines %}" * 20), "too_expensive"),
        (looped("{% assign q = t | newline_to_br %}" * 20), "too_expensive"),
        (looped("{% assign q = u | url_encode %}" * 20), "too_expensive"),
        (looped("{% assign q = s | split: 'b' %}" * 20), "too_expensive"),
        (looped("{% assign q = s | truncatewords: 9 %}" * 20), "too_expensive"),
        (looped("{% assign q = o | sort: 'a' %}" * 20), "too_expensive"),
        (looped("{% assign q = o | map: 'a' %}" * 20), "too_expensive"),
        (looped("{% assign q = o | where: 'a', 1 %}" * 20), "too_expensive"),
        (looped("{% assign q = f | sum %}" * 20), "too_expensive"),
        (looped("{% assign q = b | plus: 1.5 %}" * 20), "too_expensive"),
        (looped("{% assign q = '2026-01-02' | date: '%A %B' %}" * 20), "too_expensive"),
        (looped("{{ b" + "|size" * 70 + "}}"), "too_expensive"),
        (looped("{{ n }}"), "too_long"),
        ("{% if s %}" * 21 + "{% endif %}" * 21, "syntax"),
        ("{{ x" + "[x" * 190 + "}}", "syntax"),
        ("{{ x" + "[0]" * 130 + "}}", "undefined"),
        ("{% if " + "a and " * 65 + "a %}{% endif %}", "ok"),
        ("{{ " + "(" * 390 + "}}", "syntax"),
        ("{{ x['b" + "['b" * 120 + "}}", "syntax"),
        ("{{" + " " * 60_000, "syntax"),
        ("{% a" + " " * 60_000 + "%}", "syntax"),
        ("{% if" * 10_000, "syntax"),
        ("{% raw %}" * 7_000, "syntax"),
        ("{% comment %}" * 5_000, "syntax"),
        ("{{ x }}" * 1_001, "syntax"),
        (("{{ s | append: '" + "b" * 370 + "' }}") * 22, "syntax"),
        ("{{'a'}}" * 1_000, "ok"),
        ("{" * 60_000, "syntax"),
        ("}" * 60_000, "ok"),
        ("{ %" * 20_000, "ok"),
        ("\ud800{{ s.size }}", "ok"),
    ],
    ids=lambda value: value[:60] if isinstance(value, str) else None,
)  # fmt: skip
@pytest.mark.parametrize("html", [False, True], ids=["text", "html"])
def test_what_would_take_long_is_refused_or_cut_off(
    source: str, expected: str, *, html: bool
) -> None:
    """The CPU time is a tenth of what is allowed for here: a test is no benchmark."""
    started = time.process_time()

    found = outcome(source, VALUES, html=html)

    assert found == expected
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "source",
    [
        "{{ s | replace: 'a', s }}",
        "{{ s | replace: '', s }}",
        "{{ x | join: s }}",
        "{{ s | split: '' | join: s }}",
    ],
)
def test_what_would_multiply_a_text_is_refused_before_it_is_made(source: str) -> None:
    """80 to 256 MB, otherwise."""
    tracemalloc.start()
    try:
        assert outcome(source, VALUES) == "too_long"
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 4_000_000


@pytest.mark.parametrize(
    "source",
    [
        "{{ s.__class__ }}",
        "{{ s['__class__'] }}",
        "{{ o.__init__.__globals__ }}",
        "{{ o.append }}",
        "{{ forloop }}",
        "{{ self }}",
        "{{ context }}",
        "{{ environ }}",
        "{{ now }}",
        "{{ 'now' | date }}",
        "{% for i in o %}{{ forloop.__class__ }}{% endfor %}",
        "{% for i in o %}{{ forloop.it }}{% endfor %}",
        "{% for i in o %}{{ i.keys }}{% endfor %}",
        "{% for i in x %}{{ i.real }}{% endfor %}",
    ],
)
def test_nothing_but_the_values_can_be_reached(source: str) -> None:
    with pytest.raises(TemplateFault) as caught:
        LIQUID.rendering(VALUES).text(source, html=False)

    assert caught.value.code in {"undefined", "unrenderable"}


@pytest.mark.parametrize(
    "tag",
    [
        "include 'a'",
        "render 'a'",
        "extends 'a'",
        "block a",
        "import 'a'",
        "layout 'a'",
        "liquid echo 1",
        "echo 1",
        "cycle 1, 2",
        "increment a",
        "decrement a",
        "ifchanged",
        "tablerow i in x",
        "raw",
        "doc",
        "macro a",
        "with a: 1",
        "# comment",
    ],
)
def test_there_are_no_other_tags(tag: str) -> None:
    assert outcome(f"{{% {tag} %}}", VALUES) == "syntax"


# --- whatever there may be: it is rendered, or refused

_NAMES = ("a", "b", "a.b", "a[0]", "a['<x>']", "forloop.index", "a.first", "b.size", "a[b]")
_LITERALS = (
    "1",
    "-2.5",
    "'x'",
    '""',
    "true",
    "nil",
    "empty",
    "blank",
    "''",
    "99999999999999999999",
)
_value = st.sampled_from([*_NAMES, *_LITERALS])
_filter = st.builds(
    lambda name, arguments: f"{name}: {', '.join(arguments)}" if arguments else name,
    st.sampled_from(sorted(FILTERS)),
    st.lists(_value, max_size=3),
)
_expression = st.builds(
    lambda value, filters: " | ".join([value, *filters]), _value, st.lists(_filter, max_size=4)
)
_condition = st.builds(
    lambda left, operator, right: f"{left} {operator} {right}",
    _value,
    st.sampled_from(["==", "!=", "<", ">=", "contains", "and", "or"]),
    _value,
)
_piece = st.one_of(
    st.builds("{{{{ {} }}}}".format, _expression),
    st.builds("{{% assign b = {} %}}".format, _expression),
    st.text(max_size=10),
)


def _blocks(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, max_size=4).map("".join)
    return st.one_of(
        several,
        st.builds(
            "{{% if {} %}}{}{{% else %}}{}{{% endif %}}".format, _condition, several, several
        ),
        st.builds("{{% unless {} %}}{}{{% endunless %}}".format, _condition, several),
        st.builds("{{% for b in {} %}}{}{{% endfor %}}".format, _value, several),
        st.builds("{{% capture b %}}{}{{% endcapture %}}".format, several),
        st.builds(
            "{{% case {} %}}{{% when {} %}}{}{{% endcase %}}".format, _value, _value, several
        ),
    )


templates = st.recursive(_piece, _blocks, max_leaves=12)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.sampled_from(["a", "b", "<x>", "size", "first"]), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(templates, st.fixed_dictionaries({"a": json_values, "b": json_values}))
@settings(max_examples=300)
@example("{{ a | sum }}", {"a": ["1", None]})
@example("{{ a | sort | join }}", {"a": [1, "a", None]})
@example("{{ a | round: b }}", {"a": 1.5, "b": 10**300})
@example("{{ a | date: b }}", {"a": 1e300, "b": "%Y"})
@example("{{ a | slice: b, b | join }}", {"a": [1], "b": -(10**30)})
def test_any_template_is_rendered_or_refused(source: str, values: dict[str, Any]) -> None:
    for html in (False, True):
        outcome(source, values, html=html)


@given(st.text(st.sampled_from("{}%'\"|:.,()[]<>=!-ab1 \n\t") | st.characters(), max_size=200))
@settings(max_examples=300)
@example("{%\u2028if a %}{%\x0bendif %}")
@example("{% comment %}{{{% endcomment %}")
@example("{%-%}{{-}}")
def test_any_text_is_a_template_or_is_refused(source: str) -> None:
    for html in (False, True):
        outcome(source, {"a": [1], "b": "b"}, html=html)


@given(templates)
@settings(max_examples=300)
@example("{{ a | append: '' | split: '' | join: '' }}")
@example("{% capture b %}{{ a }}{% endcapture %}{{ b | upcase | downcase }}")
def test_no_value_gets_into_html_unescaped(source: str) -> None:
    """By none of the filters there are, however they are chained."""
    marked = "<q7>"
    values = {"a": [marked, {"b": marked}], "b": marked}
    try:
        text = LIQUID.rendering(values).text(source, html=True)
    except TemplateFault:
        return
    assert marked not in text.lower()


def test_every_filter_and_tag_is_among_those_that_are_tried() -> None:
    assert {*FILTERS} > {"append", "date", "where"}
    assert {"if", "unless", "for", "capture", "case", "assign"} < TAGS
