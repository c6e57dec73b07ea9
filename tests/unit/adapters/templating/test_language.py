"""The language of templates: what it shows, what it escapes, and where it says that a fault is."""

from __future__ import annotations

from typing import Any

import pytest

from notificationd.adapters.templating.language import Liquid
from notificationd.domain.errors import TemplateFault

LIQUID = Liquid()
PLURAL = "{% if n == 1 %}one{% elsif n > 1 %}{{ n }}{% else %}none{% endif %}"
WITHOUT_TWO = "{{% for i in l %}}{{% if i == 2 %}}{{% {} %}}{{% endif %}}{{{{ i }}}}{{% endfor %}}"
NO_RANGES = "parentheses and ranges such as (1..3) are not supported"
TOO_LONG = "at most 400 characters between '{{' and its end"
NOT_SHOWN = "a list or an object cannot be shown: take a part of it, or join a list"
DIRECTIVES = "date knows %d %m %H %I %M %S %j %a %A %b %B %p %y %Y %z %Z and %%"


def render(source: str, *, html: bool = False, **values: Any) -> str:  # noqa: ANN401 - JSON
    return LIQUID.rendering(values).text(source, html=html)


def fault(source: str, **values: Any) -> TemplateFault:  # noqa: ANN401 - JSON
    with pytest.raises(TemplateFault) as caught:
        render(source, **values)
    return caught.value


def mistake(source: str) -> tuple[int | None, int | None, str]:
    with pytest.raises(TemplateFault) as caught:
        LIQUID.examine(source, html=False)
    assert caught.value.code == "syntax"
    return caught.value.line, caught.value.column, caught.value.detail


@pytest.mark.parametrize(
    ("source", "values", "expected"),
    [
        ("Hi {{ name }}!", {"name": "Ada"}, "Hi Ada!"),
        ("{{ a }} {{ b }} {{ c }}", {"a": 1, "b": 1.5, "c": True}, "1 1.5 true"),
        ("[{{ a }}]", {"a": None}, "[]"),
        ("{{ order.lines[0].name }}", {"order": {"lines": [{"name": "Tea"}]}}, "Tea"),
        ("{{ order['first name'] }}", {"order": {"first name": "Ada"}}, "Ada"),
        ("{{ a.size }} {{ a.first }} {{ a.last }}", {"a": [1, 2, 3]}, "3 1 3"),
        (PLURAL, {"n": 1}, "one"),
        (PLURAL, {"n": 5}, "5"),
        (PLURAL, {"n": 0}, "none"),
        ("{% unless paid %}due{% endunless %}", {"paid": False}, "due"),
        ("{% case n %}{% when 1 %}a{% when 2, 3 %}b{% else %}c{% endcase %}", {"n": 3}, "b"),
        ("{% for i in l %}{{ i }}{% if forloop.last %}!{% endif %}{% endfor %}", {"l": [1]}, "1!"),
        ("{% for i in l %}{{ i }}{% else %}nothing{% endfor %}", {"l": []}, "nothing"),
        ("{% for i in l reversed limit: 2 offset: 1 %}{{ i }}{% endfor %}", {"l": [1, 2, 3]}, "32"),
        ("{% for p in o %}{{ p[0] }}={{ p[1] }};{% endfor %}", {"o": {"a": 1, "b": 2}}, "a=1;b=2;"),
        (WITHOUT_TWO.format("break"), {"l": [1, 2, 3]}, "1"),
        (WITHOUT_TWO.format("continue"), {"l": [1, 2, 3]}, "13"),
        ("{% assign a = n | times: 2 %}{{ a }}", {"n": 4}, "8"),
        ("{% capture a %}<{{ n }}>{% endcapture %}{{ a }}{{ a }}", {"n": 4}, "<4><4>"),
        ("a{% comment %} {{ n }} {% if %} {% endcomment %}b", {}, "ab"),
        ("{{- a -}}  b", {"a": 1}, "1b"),
        ("a {%- if n -%} b {%- endif %}", {"n": 1}, "ab"),
        ("{{ '{{' }} }} %}", {}, "{{ }} %}"),
        ("a { b } c %", {}, "a { b } c %"),
        ("{{ a | default: 'b' }}", {"a": ""}, "b"),
        ("{{ a.b | default: 'c' }}", {"a": {}}, "c"),
        ("{% if a.b %}b{% else %}no{% endif %}{% if a.b == nil %}!{% endif %}", {"a": {}}, "no!"),
        ("{% if a.b > 1 or a.b contains 2 %}b{% else %}no{% endif %}", {"a": {}}, "no"),
        ("{% if a contains 'b' %}b{% endif %}", {"a": "abc"}, "b"),
        ("{% if a contains 2 %}b{% endif %}", {"a": [1, 2]}, "b"),
    ],
)  # fmt: skip
def test_a_text_with_its_values(source: str, values: dict[str, Any], expected: str) -> None:
    assert render(source, **values) == expected


@pytest.mark.parametrize(
    ("expression", "value", "expected"),
    [
        ("append: 'b'", "a", "ab"),
        ("capitalize", "ada", "Ada"),
        ("downcase", "ADA", "ada"),
        ("escape", "<a>", "&lt;a&gt;"),
        ("lstrip", " a ", "a "),
        ("newline_to_br", "a\nb", "a<br />\nb"),
        ("prepend: 'b'", "a", "ba"),
        ("remove: 'b'", "abab", "aa"),
        ("replace: 'b', 'cc'", "abab", "accacc"),
        ("replace: 'b'", "abab", "aa"),
        ("rstrip", " a ", " a"),
        ("split: ',' | join: '-'", "a,b,c", "a-b-c"),
        ("strip", " a ", "a"),
        ("strip_newlines", "a\nb", "ab"),
        ("truncate: 5", "abcdefgh", "ab..."),
        ("truncatewords: 2", "a b c", "a b..."),
        ("upcase", "ada", "ADA"),
        ("url_encode", "a b&c", "a+b%26c"),
        ("abs", -3, "3"),
        ("at_least: 4", 3, "4"),
        ("at_most: 2", 3, "2"),
        ("ceil", 1.2, "2"),
        ("divided_by: 2", 7, "3"),
        ("floor", 1.8, "1"),
        ("minus: 1", 3, "2"),
        ("modulo: 2", 3, "1"),
        ("plus: 1", 3, "4"),
        ("round: 1", 1.26, "1.3"),
        ("times: 2", 3, "6"),
        ("compact | size", [1, None], "1"),
        ("concat: v | size", [1, 2], "4"),
        ("default: 'x'", None, "x"),
        ("default: 'x', allow_false: true", False, "false"),
        ("first", [1, 2], "1"),
        ("last", [1, 2], "2"),
        ("join", [1, "a", True, None, 1.5], "1 a true  1.5"),
        ("join: ', '", [1, 2], "1, 2"),
        ("map: 'a' | join", [{"a": 1}, {"a": 2}], "1 2"),
        ("reverse | join", [1, 2], "2 1"),
        ("size", "abc", "3"),
        ("slice: 1, 2", "abcd", "bc"),
        ("sort | join", [2, 1], "1 2"),
        ("sort: 'a' | map: 'a' | join", [{"a": 2}, {"a": 1}], "1 2"),
        ("sum", [1, 2.5], "3.5"),
        ("where: 'a', 2 | size", [{"a": 1}, {"a": 2}], "1"),
        ("date: '%d.%m.%Y %H:%M %z'", "2026-11-03T13:05:06+01:00", "03.11.2026 13:05 +0100"),
        ("date: '%-d %B %Y, %-I %p'", "2026-11-03T13:05:06Z", "3 November 2026, 1 PM"),
        ("date", 0, "1970-01-01"),
        ("date: '%j %a %b %y %S %M %%'", "2026-01-02", "002 Fri Jan 26 00 00 %"),
    ],
)
def test_a_filter(expression: str, value: object, expected: str) -> None:
    assert render(f"{{{{ v | {expression} }}}}", v=value) == expected


@pytest.mark.parametrize(
    ("source", "values", "expected"),
    [
        ("<p>{{ a }}</p>", {"a": "<b> & \"'"}, "<p>&lt;b&gt; &amp; &#34;&#39;</p>"),
        ("{{ '<br>' }}{{ a | append: '<br>' }}", {"a": "<b>"}, "<br>&lt;b&gt;<br>"),
        ("{% capture c %}<i>{{ a }}</i>{% endcapture %}{{ c }}", {"a": "<b>"}, "<i>&lt;b&gt;</i>"),
        ("{{ a | newline_to_br }}", {"a": "<b>\n"}, "&lt;b&gt;<br />\n"),
        ("{{ a | join: '<br>' }}", {"a": ["<b>", 1]}, "&lt;b&gt;<br>1"),
        ("{{ a | escape }}", {"a": "<b>"}, "&lt;b&gt;"),
        ("{{ a | replace: 'b', '<i>' }}", {"a": "<b>"}, "&lt;&lt;i&gt;&gt;"),
        ("{% for i in a %}{{ i }}{% endfor %}", {"a": ["<b>"]}, "&lt;b&gt;"),
        ('<a href="?q={{ a | url_encode }}">', {"a": '"<'}, '<a href="?q=%22%3C">'),
    ],
)  # fmt: skip
def test_in_html_values_are_escaped_and_what_the_author_wrote_is_not(
    source: str, values: dict[str, Any], expected: str
) -> None:
    assert render(source, html=True, **values) == expected


@pytest.mark.parametrize("name", ["safe", "raw", "strip_html", "url_decode", "base64_decode"])
def test_there_is_no_filter_that_undoes_escaping(name: str) -> None:
    assert mistake(f"{{{{ a | {name} }}}}") == (1, 8, f"there is no filter '{name}'")


def test_in_text_nothing_is_escaped() -> None:
    assert render("{{ a }} {{ '&' }}", a="<b> & \"'") == "<b> & \"' &"


@pytest.mark.parametrize(
    ("source", "variable", "place"),
    [
        ("{{ a }}", "a", (1, 4)),
        ("{{ o.a }}", "o", (1, 4)),
        ("x\n{{ o.a.b | upcase }}", "o", (2, 4)),
        ("{% for i in o.a %}{% endfor %}", "o", (1, 13)),
        ("{{ 'x' | append: o.a }}", "o", (1, 18)),
        ("{% assign x = o.a %}\n{{ x }}", "o", (1, 15)),
        ("{{ l[5] }}", "l", (1, 4)),
        ("{{ l[o.a] }}", "l", (1, 4)),
        ("{{ s.a }}", "s", (1, 4)),
        ("{{ now }}", "now", (1, 4)),
    ],
)
def test_what_is_not_there_is_an_error_and_no_empty_text(
    source: str, variable: str, place: tuple[int, int]
) -> None:
    found = fault(source, o={}, l=[1], s="text")

    assert (found.code, found.variable) == ("undefined", variable)
    assert (found.line, found.column) == place


@pytest.mark.parametrize(
    ("source", "place", "detail"),
    [
        ("a {{ b", (1, 3), "'{{' is never closed by '}}'"),
        ("a\nb {% if c", (2, 3), "'{%' is never closed by '%}'"),
        ("{% if a %}\n{% if b %}{% endif %}", (1, 1), "'if' is never closed"),
        ("{% for a in b %}{% endif %}", (1, 17), "'endif' closes nothing that is open"),
        ("{% endfor %}", (1, 1), "'endfor' closes nothing that is open"),
        ("{% else %}", (1, 1), "'else' is not within what it belongs to"),
        ("{% break %}", (1, 1), "'break' is not within what it belongs to"),
        ("{% when 1 %}", (1, 1), "'when' is not within what it belongs to"),
        ("{% %}", (1, 1), "a tag needs a name"),
        ("{% frobnicate %}", (1, 1), "there is no tag 'frobnicate'"),
        ("{% comment %}{% raw %}{% endcomment %}", (1, 14), "there is no tag 'raw'"),
        ("{% for i in (1..9) %}{% endfor %}", (1, 1), NO_RANGES),
        ("{{ a | b }}", (1, 8), "there is no filter 'b'"),
        ("{{ a b }}", (1, 6), "expected end of expression, found word"),
        ("x {{ }}", (1, 5), "expected a primitive expression, found end of expression"),
        ("{{ a | }}", (1, 4), "expected word, found end of expression"),
        ("{{ 'a }}", (1, 4), 'unexpected "\'"'),
        ("{% if a = b %}{% endif %}", None, None),
        ("{% if %}{% endif %}", None, "missing expression"),
        ("{% for a b %}{% endfor %}", None, None),
        ("{% assign a %}", None, None),
        ("{% assign a.b = 1 %}", None, None),
        ("{{ a: }}", None, None),
        ("{{ ? }}", None, None),
        ("a {{ b" + " " * 61 + "}}", (1, 3), "at most 60 spaces in a row"),
        ("a {{ b | append: '" + "c" * 400 + "' }}", (1, 3), TOO_LONG),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(
    source: str, place: tuple[int, int] | None, detail: str | None
) -> None:
    line, column, said = mistake(source)

    assert place is None or (line, column) == place
    assert detail is None or said == detail


@pytest.mark.parametrize(
    ("source", "detail"),
    [
        ("{{ o }}", NOT_SHOWN),
        ("{{ l }}", NOT_SHOWN),
        ("{{ ll | join }}", NOT_SHOWN),
        ("{{ l | upcase }}", "upcase takes texts and numbers, not a list or an object"),
        ("{{ 'a' | append: o }}", "append takes texts and numbers, not a list or an object"),
        ("{{ 'a' | upcase: environment: o }}", "upcase takes no such argument"),
        ("{{ 'a' | date }}", "date takes a time such as 2026-11-23T03:43:42Z"),
        ("{{ 99999999999999999999 | date }}", "date takes a time such as 2026-11-23T03:43:42Z"),
        ("{{ '2026-01-02' | date: '%Q' }}", DIRECTIVES),
        ("{{ 1 | divided_by: 0 }}", "divided_by: can't divide by 0"),
        ("{{ '1e999' | plus: 1 }}", "no number"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_with_its_place(source: str, detail: str) -> None:
    found = fault(source, o={"a": 1}, l=[1], ll=[[1]])

    assert (found.code, found.detail) == ("unrenderable", detail)
    assert found.line == 1


def test_what_cannot_be_shown_is_told_with_its_place_within_a_block() -> None:
    found = fault("{% if l %}\n  {{ o }}{% endif %}", o={}, l=[1])

    assert (found.line, found.column) == (2, 6)


def test_the_variables_of_a_text_are_those_that_it_does_not_make_itself() -> None:
    source = (
        "{% assign a = b.c %}{{ a }}{% for d in e.f %}{{ d }}{{ forloop.index }}{{ g[h] }}"
        "{% endfor %}{% capture i %}{{ j | append: k }}{% endcapture %}{{ i }}"
        "{% case l %}{% when m %}{{ n }}{% endcase %}{% comment %}{{ o }}{% endcomment %}"
        "{% if p contains q or r == 's' %}{% endif %}"
    )

    examined = LIQUID.examine(source + " and text", html=False)

    assert examined.variables == set("beghjklmnpqr")
    assert examined.code == len(source)
