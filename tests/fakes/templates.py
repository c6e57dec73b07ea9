"""In-memory templates. tests/contract holds them to the table's."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Never

from notificationd.domain.errors import VersionTaken
from notificationd.domain.notification import Channel
from notificationd.domain.template import Body, Head, Template, Variable, Version
from notificationd.domain.template_page import TemplatePage, VersionPage, summary_of

if TYPE_CHECKING:
    from notificationd.domain.template_choice import TemplateChoice

WELCOME = Template(
    default_locale="en",
    description="Sent after the first login.",
    variables={
        "name": Variable(description="First name"),
        "gift": Variable(required=False, default="a book"),
        "order": Variable(required=False),
    },
    bodies={
        Channel.EMAIL: {
            "en": Body(
                subject="Welcome, {{ name }}!",
                text="Hi {{ name }}, here is {{ gift }} for you.",
                html="<p>Hi {{ name }}, here is {{ gift }} for you.</p>",
            ),
            "de": Body(subject="Willkommen, {{ name }}!", text="Hallo {{ name }}: {{ gift }}."),
        },
        Channel.SMS: {"en": Body(text="Welcome, {{ name }}!")},
        Channel.IN_APP: {"en": Body(subject="Welcome", text="Hi {{ name }}")},
    },
)


def template(**fields: Any) -> Template:  # noqa: ANN401 - any field of a template
    """Make a template that is like WELCOME but for some fields."""
    return replace(WELCOME, **fields)


class MemoryTemplates:
    """Fulfils `domain.ports.Templates`."""

    def __init__(self) -> None:
        self._heads: dict[str, Head] = {}
        self._versions: dict[str, dict[int, Version]] = {}
        self._lock = threading.Lock()

    def head(self, name: str) -> Head | None:
        return self._heads.get(name)

    def version(self, name: str, number: int) -> Version | None:
        return self._versions.get(name, {}).get(number)

    def add(self, version: Version, fingerprint: str) -> None:
        with self._lock:
            head = self._heads.get(version.name)
            if version.number != (head.number if head else 0) + 1:
                raise VersionTaken
            self._heads[version.name] = Head(number=version.number, fingerprint=fingerprint)
            self._versions.setdefault(version.name, {})[version.number] = version

    def remove(self, name: str, head: Head) -> None:
        with self._lock:
            if self._heads[name].number != head.number:
                raise VersionTaken
            self._heads[name] = replace(head, is_deleted=True)

    def page(self, limit: int, after: str | None) -> TemplatePage:
        names = sorted(
            name
            for name, head in self._heads.items()
            if not head.is_deleted and (after is None or name > after)
        )
        shown = names[:limit]
        newest = [self._versions[name][self._heads[name].number] for name in shown]
        more = len(names) > len(shown)
        return TemplatePage(tuple(map(summary_of, newest)), shown[-1] if more else None)

    def versions(self, name: str, limit: int, before: int | None) -> VersionPage:
        stored = self._versions.get(name, {})
        numbers = sorted(
            (number for number in stored if before is None or number < before), reverse=True
        )
        shown = numbers[:limit]
        more = len(numbers) > len(shown)
        return VersionPage(tuple(stored[number] for number in shown), shown[-1] if more else None)


def no_templates(choice: TemplateChoice, channel: Channel) -> Never:
    """Stand in for what renders templates, where none are sent by."""
    raise AssertionError((choice, channel))
