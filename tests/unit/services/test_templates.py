"""Looking after templates: what is stored, what is refused, and what becomes of versions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from notificationd.adapters.templating.language import Liquid
from notificationd.domain.errors import InvalidRequest, NotFound, Unavailable, VersionTaken
from notificationd.domain.notification import Channel
from notificationd.domain.template import Body, Head, Template, Variable, Version
from notificationd.domain.template_choice import TemplateChoice
from notificationd.services.render import Render
from notificationd.services.templates import TRIES, TemplateShelf
from tests.fakes.delivery import Clock
from tests.fakes.templates import WELCOME, MemoryTemplates, template

NOW = 1_800_000_000_000
EMAIL, SMS, IN_APP = Channel.EMAIL, Channel.SMS, Channel.IN_APP
SECOND = template(description="the second")


@dataclass
class Rivals(MemoryTemplates):
    """Stores templates, and lets somebody else be quicker some times."""

    quicker: list[Version | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def add(self, version: Version, fingerprint: str) -> None:
        self._lose()
        super().add(version, fingerprint)

    def remove(self, name: str, head: Head) -> None:
        self._lose()
        super().remove(name, head)

    def _lose(self) -> None:
        if self.quicker:
            winner = self.quicker.pop(0)
            if winner is not None:
                TemplateShelf(
                    templates=self,
                    language=Liquid(),
                    render=Render(templates=self, language=Liquid()),
                    clock=Clock(NOW),
                ).put(winner.name, winner.template)
            raise VersionTaken


@pytest.fixture
def templates() -> Rivals:
    return Rivals()


@pytest.fixture
def shelf(templates: Rivals) -> TemplateShelf:
    return TemplateShelf(
        templates=templates,
        language=Liquid(),
        render=Render(templates=templates, language=Liquid()),
        clock=Clock(NOW),
    )


def faults(shelf: TemplateShelf, made: Template, name: str = "welcome") -> list[tuple[str, str]]:
    with pytest.raises(InvalidRequest) as caught:
        shelf.put(name, made)
    return [(error.field, error.code) for error in caught.value.fields]


def test_the_first_one_stored_is_version_1(shelf: TemplateShelf) -> None:
    stored = shelf.put("welcome", WELCOME)

    assert stored.is_new
    assert stored.version == Version(name="welcome", number=1, created_at=NOW, template=WELCOME)
    assert shelf.get("welcome") == stored.version


def test_each_further_one_is_the_next_version_and_the_current_one(shelf: TemplateShelf) -> None:
    first = shelf.put("welcome", WELCOME).version

    second = shelf.put("welcome", SECOND).version

    assert (first.number, second.number) == (1, 2)
    assert shelf.get("welcome") == second
    assert shelf.get("welcome", 1) == first
    assert shelf.versions("welcome", 10, None).versions == (second, first)


def test_the_same_template_again_makes_no_version(shelf: TemplateShelf) -> None:
    first = shelf.put("welcome", WELCOME)

    again = shelf.put("welcome", template())

    assert (again.version, again.is_new) == (first.version, False)
    assert len(shelf.versions("welcome", 10, None).versions) == 1


def test_an_earlier_template_again_makes_a_version(shelf: TemplateShelf) -> None:
    shelf.put("welcome", WELCOME)
    shelf.put("welcome", SECOND)

    assert shelf.put("welcome", WELCOME).version.number == 3


@pytest.mark.parametrize("default", [1, 1.0, True, "1", [1], {"a": 1}])
def test_templates_differ_by_what_python_takes_for_the_same(
    shelf: TemplateShelf, default: object
) -> None:
    """1, 1.0 and true are three values in JSON."""
    others = [value for value in (1, 1.0, True, "1", [1], {"a": 1}) if repr(value) != repr(default)]

    def made(value: object) -> Template:
        return template(
            variables={"name": Variable(required=False, default=value)},
            bodies={SMS: {"en": Body(text="{{ name }}")}},
        )

    for number, other in enumerate(others):
        shelf.put(f"welcome-{number}", made(other))
        assert shelf.put(f"welcome-{number}", made(default)).is_new


def test_locales_are_stored_in_their_one_form(shelf: TemplateShelf) -> None:
    body = Body(text="Hi")
    made = template(default_locale="EN", bodies={SMS: {"en": body, "DE-at": body, "zh-hant": body}})

    stored = shelf.put("welcome", made).version.template

    assert stored.default_locale == "en"
    assert list(stored.bodies[SMS]) == ["en", "de-AT", "zh-Hant"]


@pytest.mark.parametrize(
    "name",
    ["a", "0", "welcome", "order.shipped", "order_shipped-2", "a" * 64],
)
def test_what_is_a_name(shelf: TemplateShelf, name: str) -> None:
    assert shelf.put(name, WELCOME).version.name == name


@pytest.mark.parametrize(
    "name", ["", "A", "ä", "-a", ".a", "_a", "a b", "a/b", "a@1", "a#b", "a" * 65, "a\n"]
)
def test_what_is_no_name(shelf: TemplateShelf, name: str) -> None:
    assert faults(shelf, WELCOME, name) == [("name", "invalid")]
    with pytest.raises(NotFound):
        shelf.get(name)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"bodies": {}}, [("channels", "empty")]),
        ({"default_locale": "german"}, [("default_locale", "invalid")]),
        (
            {"default_locale": "fr"},
            [(f"channels.{channel}", "missing") for channel in ("email", "sms", "in-app")],
        ),
        ({"bodies": {SMS: {}}}, [("channels.sms", "missing")]),
        (
            {"bodies": {SMS: {"en": Body(text="a"), "d": Body(text="b")}}},
            [("channels.sms.d", "invalid")],
        ),
        (
            {"bodies": {SMS: {"en": Body(text="a"), "EN": Body(text="b")}}},
            [("channels.sms.en", "contradiction"), ("channels.sms.EN", "contradiction")],
        ),
        (
            {"bodies": {SMS: {"en": Body(text="a", subject="b", html="c")}}},
            [
                ("channels.sms.en.subject", "not_for_channel"),
                ("channels.sms.en.html", "not_for_channel"),
            ],
        ),
        (
            {"bodies": {IN_APP: {"en": Body(text="a", html="c")}}},
            [("channels.in-app.en.html", "not_for_channel")],
        ),
        ({"bodies": {SMS: {"en": Body(text=" \n")}}}, [("channels.sms.en.text", "empty")]),
        ({"bodies": {SMS: {"en": Body(text="a\x00")}}}, [("channels.sms.en.text", "not_text")]),
        ({"bodies": {SMS: {"en": Body(text="\ud800")}}}, [("channels.sms.en.text", "not_text")]),
        (
            {"bodies": {EMAIL: {"en": Body(text="a" * 65_537)}}},
            [("channels.email.en.text", "too_long")],
        ),
        (
            {"bodies": {EMAIL: {"en": Body(text="a", html="é" * 32_769)}}},
            [("channels.email.en.html", "too_long")],
        ),
        (
            {"bodies": {EMAIL: {"en": Body(text="a", subject="a" * 1_001)}}},
            [("channels.email.en.subject", "too_long")],
        ),
        (
            {"bodies": {EMAIL: {locale: Body(text="a" * 65_536) for locale in ("en", "de", "fr")}}},
            [("channels", "too_long")],
        ),
        (
            {
                "bodies": {
                    SMS: {f"a{a}{b}"[:3]: Body(text="a") for a in "bcdefg" for b in "hijklmnop"}
                }
            },
            [("channels.sms", "too_many"), ("channels.sms", "missing")],
        ),
        ({"description": "a" * 501}, [("description", "too_long")]),
        ({"description": "a\x00"}, [("description", "not_text")]),
        (
            {"variables": {**WELCOME.variables, "1a": Variable()}},
            [("variables.1a", "invalid")],
        ),
        (
            {"variables": {**WELCOME.variables, "a.b": Variable()}},
            [("variables.a.b", "invalid")],
        ),
        (
            {"variables": {**WELCOME.variables, "a" * 65: Variable()}},
            [(f"variables.{'a' * 64}", "invalid")],
        ),
        (
            {"variables": {**WELCOME.variables, "a": Variable(description="\ud800")}},
            [("variables.a.description", "not_text")],
        ),
        (
            {"variables": {**WELCOME.variables, **{f"a{n}": Variable() for n in range(48)}}},
            [("variables", "too_many")],
        ),
        (
            {
                "variables": {
                    **WELCOME.variables,
                    "a": Variable(required=False, default="x" * 16_384),
                }
            },
            [("variables", "too_long")],
        ),
        (
            {
                "variables": {
                    **WELCOME.variables,
                    "a": Variable(required=False, default=float("inf")),
                }
            },
            [("variables", "not_json")],
        ),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_stored(
    shelf: TemplateShelf, fields: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert faults(shelf, template(**fields)) == expected
    with pytest.raises(NotFound):
        shelf.get("welcome")


def test_a_mistake_in_a_text_is_told_with_its_place(shelf: TemplateShelf) -> None:
    bodies = {
        EMAIL: {
            "en": Body(
                subject="Hi {{ name",
                text="Hi\n{% include 'secrets' %}",
                html="<p>\n  {{ name | frobnicate }}",
            )
        },
        SMS: {"en": Body(text="{% if name %}Hi")},
    }

    with pytest.raises(InvalidRequest) as caught:
        shelf.put("welcome", template(bodies=bodies))

    assert {error.field: error.detail for error in caught.value.fields} == {
        "channels.email.en.subject": "subject, line 1, column 4: '{{' is never closed by '}}'",
        "channels.email.en.text": "text, line 2, column 1: there is no tag 'include'",
        "channels.email.en.html": "html, line 2, column 13: there is no filter 'frobnicate'",
        "channels.sms.en.text": "text, line 1, column 1: 'if' is never closed",
    }
    assert {error.code for error in caught.value.fields} == {"syntax"}


def test_a_name_in_a_text_that_is_no_variable_is_a_mistake(shelf: TemplateShelf) -> None:
    """A misspelt name is found when the template is stored, not by whoever is sent an email."""
    text = (
        "{{ nmae }}{% for each in itmes %}{{ each.price }}{% endfor %}{% assign a = 1 %}{{ a }}"
        "{% if nmae %}{{ name }}{% endif %}"
    )
    bodies = {SMS: {"en": Body(text=text), "de": Body(text="{{ nmae }}")}}

    assert faults(shelf, template(bodies=bodies)) == [
        ("variables.itmes", "missing"),
        ("variables.nmae", "missing"),
    ]


def test_all_texts_together_may_hold_so_much_code(shelf: TemplateShelf) -> None:
    text = ("{{" + " name" + " " * 55 + "}}") * 120
    bodies = {EMAIL: {f"{letter}a": Body(text=text) for letter in "abcdefgh"}}

    assert faults(shelf, template(default_locale="aa", bodies=bodies)) == [("channels", "too_long")]


def test_who_is_overtaken_stores_the_version_after(shelf: TemplateShelf, templates: Rivals) -> None:
    rival = Version(name="welcome", number=1, created_at=NOW, template=SECOND)
    templates.quicker = [rival]

    stored = shelf.put("welcome", WELCOME)

    assert stored.version.number == 2
    assert shelf.get("welcome", 1).template == SECOND
    assert shelf.get("welcome", 2).template == WELCOME


def test_who_is_overtaken_by_the_same_template_stores_none(
    shelf: TemplateShelf, templates: Rivals
) -> None:
    templates.quicker = [Version(name="welcome", number=1, created_at=NOW, template=WELCOME)]

    stored = shelf.put("welcome", WELCOME)

    assert (stored.version.number, stored.is_new) == (1, False)


def test_who_is_overtaken_again_and_again_is_told_to_come_back(
    shelf: TemplateShelf, templates: Rivals
) -> None:
    templates.quicker = [None] * TRIES

    with pytest.raises(Unavailable):
        shelf.put("welcome", WELCOME)

    shelf.put("welcome", WELCOME)
    templates.quicker = [None] * TRIES
    with pytest.raises(Unavailable):
        shelf.delete("welcome")


def test_a_deleted_template_is_gone(shelf: TemplateShelf) -> None:
    shelf.put("welcome", WELCOME)

    assert shelf.delete("welcome") == 1

    assert shelf.page(10, None).summaries == ()
    for look in (
        lambda: shelf.get("welcome"),
        lambda: shelf.get("welcome", 1),
        lambda: shelf.versions("welcome", 10, None),
        lambda: shelf.delete("welcome"),
    ):
        with pytest.raises(NotFound):
            look()


@pytest.mark.parametrize("again", [WELCOME, SECOND], ids=["the same", "another"])
def test_a_deleted_one_that_is_stored_again_goes_on_counting(
    shelf: TemplateShelf, again: Template
) -> None:
    """So a number never stands for two templates, whoever has kept it."""
    shelf.put("welcome", WELCOME)
    shelf.delete("welcome")

    stored = shelf.put("welcome", again)

    assert (stored.version.number, stored.is_new) == (2, True)
    assert shelf.get("welcome", 1).template == WELCOME


@pytest.mark.parametrize("number", [2, 999_999_999])
def test_a_version_that_was_never_stored_is_not_found(shelf: TemplateShelf, number: int) -> None:
    shelf.put("welcome", WELCOME)

    with pytest.raises(NotFound, match="the newest is 1"):
        shelf.get("welcome", number)


def test_a_preview_is_what_would_be_sent(shelf: TemplateShelf) -> None:
    shelf.put("welcome", WELCOME)
    choice = TemplateChoice(name="welcome", locale="de-AT", variables={"name": "Ada"})

    rendered = shelf.preview(choice, EMAIL, None)

    assert (rendered.subject, rendered.content) == ("Willkommen, Ada!", "Hallo Ada: a book.")
    assert (rendered.locale, rendered.version) == ("de", 1)


def test_what_is_not_stored_yet_can_be_previewed(shelf: TemplateShelf) -> None:
    choice = TemplateChoice(name="welcome", variables={"name": "Ada"})

    rendered = shelf.preview(choice, SMS, WELCOME)

    assert (rendered.content, rendered.version) == ("Welcome, Ada!", None)
    with pytest.raises(NotFound):
        shelf.get("welcome")


def test_a_preview_is_refused_as_storing_or_sending_would_be(shelf: TemplateShelf) -> None:
    choice = TemplateChoice(name="welcome", variables={"name": "Ada"})
    broken = template(bodies={SMS: {"en": Body(text="{{ name")}})

    with pytest.raises(InvalidRequest, match=r"channels\.sms\.en\.text"):
        shelf.preview(choice, SMS, broken)
    with pytest.raises(InvalidRequest, match=r"variables\.name"):
        shelf.preview(replace(choice, variables={}), SMS, WELCOME)
    with pytest.raises(NotFound):
        shelf.preview(choice, SMS, None)
