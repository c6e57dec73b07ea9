"""What a notification says that is made from a template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from notificationd.adapters.templating.language import Liquid
from notificationd.domain.errors import InvalidRequest, Unavailable
from notificationd.domain.notification import Channel
from notificationd.domain.template import Body, Rendered, Template, Variable, Version, fingerprint
from notificationd.domain.template_choice import TemplateChoice
from notificationd.services.render import Render
from tests.fakes.templates import WELCOME, MemoryTemplates, template

if TYPE_CHECKING:
    from notificationd.domain.template import Head

EMAIL, SMS, IN_APP = Channel.EMAIL, Channel.SMS, Channel.IN_APP
LOOPS = "{% for a in items %}{% for b in items %}{% endfor %}{% endfor %}"


@pytest.fixture
def templates() -> MemoryTemplates:
    stored = MemoryTemplates()
    store(stored, WELCOME)
    return stored


@pytest.fixture
def render(templates: MemoryTemplates) -> Render:
    return Render(templates=templates, language=Liquid())


def store(templates: MemoryTemplates, made: Template, name: str = "welcome") -> Version:
    head = templates.head(name)
    version = Version(
        name=name, number=(head.number if head else 0) + 1, created_at=0, template=made
    )
    templates.add(version, fingerprint(made))
    return version


def choice(**fields: Any) -> TemplateChoice:  # noqa: ANN401 - any field of a choice
    return TemplateChoice(**{"name": "welcome", "variables": {"name": "Ada"}, **fields})


def single(text: str, channel: Channel = EMAIL, **fields: Any) -> Template:  # noqa: ANN401 - any field of a template
    """Make a template of one text, with variables that may be anything."""
    names = ("name", "order", "items")
    return Template(
        default_locale="en",
        bodies={channel: {"en": Body(text=text, **fields)}},
        variables={name: Variable(required=False) for name in names},
    )


def faults(
    render: Render, asked: TemplateChoice, channel: Channel = EMAIL
) -> list[tuple[str, str]]:
    with pytest.raises(InvalidRequest) as caught:
        render(asked, channel)
    return [(error.field, error.code) for error in caught.value.fields]


def test_each_text_has_the_values_and_those_in_html_are_escaped(render: Render) -> None:
    rendered = render(choice(variables={"name": "Ada & <b>"}), EMAIL)

    assert rendered == Rendered(
        subject="Welcome, Ada & <b>!",
        content="Hi Ada & <b>, here is a book for you.",
        html="<p>Hi Ada &amp; &lt;b&gt;, here is a book for you.</p>",
        locale="en",
        version=1,
    )


@pytest.mark.parametrize(
    ("channel", "subject", "content"),
    [(SMS, None, "Welcome, Ada!"), (IN_APP, "Welcome", "Hi Ada")],
)
def test_each_channel_has_its_own_texts(
    render: Render, channel: Channel, subject: str | None, content: str
) -> None:
    rendered = render(choice(), channel)

    assert (rendered.subject, rendered.content, rendered.html) == (subject, content, None)


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        (None, "en"),
        ("en", "en"),
        ("de", "de"),
        ("DE", "de"),
        ("de-AT", "de"),
        ("de-Latn-AT", "de"),
        ("fr", "en"),
        ("fr-CA", "en"),
    ],
)
def test_a_locale_falls_back_to_its_language_and_then_to_the_default(
    render: Render, locale: str | None, expected: str
) -> None:
    """RFC 4647, section 3.4."""
    assert render(choice(locale=locale), EMAIL).locale == expected


def test_the_nearest_locale_is_taken(render: Render, templates: MemoryTemplates) -> None:
    bodies = {locale: Body(text=locale) for locale in ("en", "zh", "zh-Hant", "zh-Hant-TW")}
    store(templates, template(bodies={EMAIL: bodies}))

    asked = ["zh-hant-tw", "zh-Hant-HK", "zh-TW", "zh-Hans-CN", "ja"]
    found = [render(choice(locale=locale), EMAIL).content for locale in asked]

    assert found == ["zh-Hant-TW", "zh-Hant", "zh", "zh", "en"]


@pytest.mark.parametrize("locale", ["", "d", "de_AT", "de-", "german", "de-AT-1-2-3-4", "de\n"])
def test_what_is_no_locale_is_refused(render: Render, locale: str) -> None:
    assert faults(render, choice(locale=locale)) == [("locale", "invalid")]


def test_every_missing_variable_is_named(render: Render, templates: MemoryTemplates) -> None:
    variables = {"a": Variable(), "b": Variable(required=False, default=1), "c": Variable()}
    store(templates, template(variables=variables, bodies={EMAIL: {"en": Body(text="{{ b }}")}}))

    assert faults(render, choice(variables={"b": 2})) == [
        ("variables.a", "missing"),
        ("variables.c", "missing"),
    ]


@pytest.mark.parametrize(
    ("given", "content"),
    [
        ({}, "a book"),
        ({"gift": "a <pen>"}, "a <pen>"),
        ({"gift": None}, ""),
        ({"gift": 0}, "0"),
        ({"gift": False}, "false"),
        ({"gift": 1.5}, "1.5"),
    ],
)
def test_a_value_that_is_given_wins_over_the_default(
    render: Render, templates: MemoryTemplates, given: dict[str, Any], content: str
) -> None:
    store(templates, template(bodies={EMAIL: {"en": Body(text="[{{ gift }}]")}}))

    assert render(choice(variables={"name": "Ada", **given}), EMAIL).content == f"[{content}]"


def test_values_that_no_text_asks_for_do_no_harm(render: Render) -> None:
    """A new version may need fewer of them, and who sends need not know."""
    rendered = render(choice(variables={"name": "Ada", "since": 2026}), SMS)

    assert rendered.content == "Welcome, Ada!"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"name": "x" * 16_384}, "too_long"),
        ({"name": float("nan")}, "not_json"),
        ({"name": "\ud800"}, "not_json"),
        ({"\ud800": 1, "name": ""}, "not_json"),
        ({"name": [[[[[[[[[[[1]]]]]]]]]]]}, "too_deep"),
    ],
)
def test_values_are_plain_json_within_bounds(
    render: Render, values: dict[str, Any], code: str
) -> None:
    assert faults(render, choice(variables=values)) == [("variables", code)]


def test_values_as_large_and_as_deep_as_they_may_be_are_rendered(
    render: Render, templates: MemoryTemplates
) -> None:
    deep: Any = "x" * (16_384 - len('{"name": [[[[[[[[[""]]]]]]]]]}'))
    for _ in range(9):
        deep = [deep]
    store(templates, single("{% assign inner = name | join %}{{ inner | size }}"))

    assert faults(render, choice(variables={"name": deep})) == [("template", "unrenderable")]
    store(templates, single("{{ name[0][0][0][0][0][0][0][0][0] | size }}"))
    assert render(choice(variables={"name": deep}), EMAIL).content == "16354"


def test_a_chosen_version_is_the_one_that_is_used(
    render: Render, templates: MemoryTemplates
) -> None:
    store(templates, template(bodies={SMS: {"en": Body(text="Second {{ name }}")}}))

    assert render(choice(version=1), SMS).content == "Welcome, Ada!"
    assert render(choice(version=2), SMS).content == "Second Ada"
    assert render(choice(), SMS).version == 2


@pytest.mark.parametrize("asked", [{"name": "other"}, {"version": 2}, {"version": 999_999_999}])
def test_what_is_not_there_is_named(render: Render, asked: dict[str, Any]) -> None:
    assert faults(render, choice(**asked)) == [("template", "not_found")]


def test_nothing_is_sent_by_a_deleted_template_not_even_by_an_old_version(
    render: Render, templates: MemoryTemplates
) -> None:
    head = templates.head("welcome")
    assert head is not None
    templates.remove("welcome", head)

    assert faults(render, choice()) == [("template", "not_found")]
    assert faults(render, choice(version=1)) == [("template", "not_found")]


def test_a_channel_without_a_body_is_named(render: Render, templates: MemoryTemplates) -> None:
    store(templates, single("Hi"))

    assert faults(render, choice(), SMS) == [("notification_type", "no_body")]


@pytest.mark.parametrize(
    ("text", "values", "field", "code"),
    [
        ("{{ order.total }}", {"order": {}}, "variables.order", "undefined"),
        ("{{ order.a.b }}", {"order": {"a": {}}}, "variables.order", "undefined"),
        ("{{ order[2] }}", {"order": [1]}, "variables.order", "undefined"),
        (
            "{% for each in items %}{{ each.price }}{% endfor %}",
            {"items": [{}]},
            "template",
            "undefined",
        ),
        ("{{ order }}", {"order": {}}, "template", "unrenderable"),
        ("{{ order | plus: 1 }}", {"order": []}, "template", "unrenderable"),
        ("{{ order | divided_by: 0 }}", {"order": 1}, "template", "unrenderable"),
        (LOOPS, {"items": [1] * 5_000}, "template", "too_expensive"),
    ],
)
def test_what_cannot_be_rendered_is_named(  # noqa: PLR0913, PLR0917 - the table's columns
    render: Render,
    templates: MemoryTemplates,
    text: str,
    values: dict[str, Any],
    field: str,
    code: str,
) -> None:
    store(templates, single(text))

    assert faults(render, choice(variables=values)) == [(field, code)]


def test_the_place_of_a_fault_is_told(render: Render, templates: MemoryTemplates) -> None:
    store(templates, single("Hi,\n  {{ order.total }}"))

    with pytest.raises(InvalidRequest) as caught:
        render(choice(variables={"order": {}}), EMAIL)

    assert caught.value.fields[0].detail == "text, line 2, column 6: order.total is undefined"


@pytest.mark.parametrize(
    ("made", "channel", "values", "code"),
    [
        (single("{{ name }}"), EMAIL, {}, "empty"),
        (single("{{ name }}"), EMAIL, {"name": "\x00"}, "not_text"),
        (single("{{ name }}{{ name }}", SMS), SMS, {"name": "x" * 801}, "too_long"),
        (single("Hi", subject="{{ name }}"), EMAIL, {"name": "a\nBcc: b@example.com"}, "not_text"),
        (single("Hi", subject="{{ name }}"), EMAIL, {"name": "a\u2028b"}, "not_text"),
        (single("Hi", subject="{{ name }}"), EMAIL, {"name": "x" * 256}, "too_long"),
        (single("Hi", subject="{{ name }}"), EMAIL, {}, "empty"),
        (single("Hi", html="{{ name }}"), EMAIL, {}, "empty"),
        (single("Hi", html="{{ name }}"), EMAIL, {"name": "\x07"}, "not_text"),
        (single("{{ name }}" * 5), EMAIL, {"name": "x" * 16_000}, "too_long"),
    ],
)
def test_what_could_not_be_sent_is_not_rendered(  # noqa: PLR0913, PLR0917 - the table's columns
    render: Render,
    templates: MemoryTemplates,
    made: Template,
    channel: Channel,
    values: dict[str, Any],
    code: str,
) -> None:
    """The same checks as for any content: a template is no way around them."""
    store(templates, made)

    assert faults(render, choice(variables=values), channel) == [("template", code)]


def test_a_subject_may_stand_on_lines_of_its_own(
    render: Render, templates: MemoryTemplates
) -> None:
    subject = "{% if name %}\n  Hi {{ name }}\n{% endif %}"
    store(templates, single("Hi", subject=subject))

    assert render(choice(), EMAIL).subject == "Hi Ada"


def test_all_texts_of_a_notification_have_one_allowance(
    render: Render, templates: MemoryTemplates
) -> None:
    loop = LOOPS + "ok"
    asked = choice(variables={"items": [1] * 90})

    store(templates, single(loop))
    assert render(asked, EMAIL).content == "ok"

    store(templates, single(loop, subject=loop, html=loop))
    assert faults(render, asked) == [("template", "too_expensive")]


def test_the_newest_version_is_used_even_if_it_has_just_been_stored(
    render: Render, templates: MemoryTemplates
) -> None:
    assert render(choice(), SMS).content == "Welcome, Ada!"

    store(templates, single("New {{ name }}", SMS))

    assert render(choice(), SMS).content == "New Ada"


def test_without_the_table_there_is_no_content(
    render: Render, templates: MemoryTemplates, monkeypatch: pytest.MonkeyPatch
) -> None:
    def head(name: str) -> Head | None:
        raise Unavailable(name)

    monkeypatch.setattr(templates, "head", head)

    with pytest.raises(Unavailable):
        render(choice(), SMS)
