"""What every store of templates does: the one in memory, and the table's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from notificationd.adapters.dynamodb.templates import DynamoTemplates
from notificationd.domain.errors import VersionTaken
from notificationd.domain.notification import Channel
from notificationd.domain.template import Head, Template, Version, fingerprint
from notificationd.domain.template_page import summary_of
from tests.fakes import aws
from tests.fakes.templates import WELCOME, MemoryTemplates, template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

    from notificationd.domain.ports import Templates

NOW = 1_800_000_000_000


def version(number: int = 1, name: str = "welcome", made: Template = WELCOME) -> Version:
    return Version(name=name, number=number, created_at=NOW + number, template=made)


def add(templates: Templates, made: Version) -> Version:
    templates.add(made, fingerprint(made.template))
    return made


@pytest.fixture(params=["memory", "dynamodb"])
def templates(request: pytest.FixtureRequest) -> Iterator[Templates]:
    if request.param == "memory":
        yield MemoryTemplates()
        return
    with aws.table() as client:
        yield DynamoTemplates(client, aws.TABLE)


def test_a_version_comes_back_as_it_was_stored(templates: Templates) -> None:
    stored = add(templates, version())

    assert templates.version("welcome", 1) == stored
    assert templates.head("welcome") == Head(number=1, fingerprint=fingerprint(WELCOME))


def test_what_is_not_there_is_none(templates: Templates) -> None:
    add(templates, version())

    assert templates.head("other") is None
    assert templates.version("other", 1) is None
    assert templates.version("welcome", 2) is None


def test_a_version_that_was_not_there_is_found_once_it_is(templates: Templates) -> None:
    add(templates, version())
    assert templates.version("welcome", 2) is None

    stored = add(templates, version(2))

    assert templates.version("welcome", 2) == stored


def test_every_version_stays(templates: Templates) -> None:
    stored = [
        add(templates, version(number, made=template(description=f"number {number}")))
        for number in (1, 2, 3)
    ]

    assert [templates.version("welcome", number) for number in (1, 2, 3)] == stored
    head = templates.head("welcome")
    assert head is not None
    assert head.number == 3


@pytest.mark.parametrize("number", [1, 2, 4])
def test_a_number_that_is_not_the_next_one_is_refused_and_leaves_nothing(
    templates: Templates, number: int
) -> None:
    add(templates, version(1))
    add(templates, version(2))
    before = templates.head("welcome")

    with pytest.raises(VersionTaken):
        add(templates, version(number, made=template(description="another")))

    assert templates.head("welcome") == before
    assert templates.version("welcome", 3) is None
    assert templates.version("welcome", 4) is None
    (summary,) = templates.page(10, None).summaries
    assert summary == summary_of(version(2))


def test_of_many_who_store_the_same_number_one_does(templates: Templates) -> None:
    """So no version is lost, and none is there twice."""
    rivals = [version(1, made=template(description=f"rival {each}")) for each in range(8)]

    def attempt(rival: Version) -> Version | None:
        try:
            return add(templates, rival)
        except VersionTaken:
            return None

    with ThreadPoolExecutor(8) as pool:
        stored = [won for won in pool.map(attempt, rivals) if won is not None]

    assert len(stored) == 1
    assert templates.version("welcome", 1) == stored[0]


def test_a_deleted_template_is_in_no_list_and_keeps_its_versions(templates: Templates) -> None:
    stored = add(templates, version())
    head = templates.head("welcome")
    assert head is not None

    templates.remove("welcome", head)

    assert templates.head("welcome") == replace(head, is_deleted=True)
    assert templates.page(10, None).summaries == ()
    assert templates.version("welcome", 1) == stored
    assert templates.versions("welcome", 10, None).versions == (stored,)


def test_a_template_that_somebody_has_stored_meanwhile_is_not_deleted(
    templates: Templates,
) -> None:
    add(templates, version(1))
    head = templates.head("welcome")
    assert head is not None
    add(templates, version(2))

    with pytest.raises(VersionTaken):
        templates.remove("welcome", head)

    now = templates.head("welcome")
    assert now is not None
    assert not now.is_deleted
    assert len(templates.page(10, None).summaries) == 1


def test_the_numbers_go_on_after_a_deletion(templates: Templates) -> None:
    add(templates, version(1))
    head = templates.head("welcome")
    assert head is not None
    templates.remove("welcome", head)

    with pytest.raises(VersionTaken):
        add(templates, version(1, made=template(description="another")))
    stored = add(templates, version(2))

    assert templates.head("welcome") == Head(number=2, fingerprint=fingerprint(WELCOME))
    assert templates.page(10, None).summaries == (summary_of(stored),)


def test_templates_are_listed_by_name_a_page_at_a_time(templates: Templates) -> None:
    for name in ("c", "a", "b", "a.b"):
        add(templates, version(name=name))
    seen: list[str] = []
    after: str | None = None
    pages = 0
    while pages == 0 or after is not None:
        page = templates.page(2, after)
        seen += [summary.name for summary in page.summaries]
        after = page.last_seen
        pages += 1

    assert seen == ["a", "a.b", "b", "c"]
    assert pages == 2  # and no empty one behind them


def test_a_list_shows_the_newest_version(templates: Templates) -> None:
    add(templates, version(1))
    german = {"de": WELCOME.bodies[Channel.SMS]["en"]}
    newest = template(default_locale="de", bodies={Channel.SMS: german}, description=None)
    stored = add(templates, version(2, made=newest))

    assert templates.page(10, None).summaries == (summary_of(stored),)


def test_versions_are_listed_newest_first_a_page_at_a_time(templates: Templates) -> None:
    for number in range(1, 12):
        add(templates, version(number))
    add(templates, version(name="welcome-2"))

    first = templates.versions("welcome", 7, None)
    second = templates.versions("welcome", 7, first.last_seen)

    assert [each.number for each in first.versions] == [11, 10, 9, 8, 7, 6, 5]
    assert [each.number for each in second.versions] == [4, 3, 2, 1]
    assert second.last_seen is None


class Counting:
    """Counts the calls that a client makes."""

    def __init__(self, client: DynamoDBClient) -> None:
        self.calls: list[str] = []
        client.meta.events.register("before-call.dynamodb", self._take_down)

    def _take_down(self, model: Any, **_: object) -> None:  # noqa: ANN401 - botocore's own
        self.calls.append(model.name)


def test_a_version_is_read_once_and_the_head_each_time() -> None:
    """A version never changes, so that keeping it is never out of date; the head may."""
    with aws.table() as client:
        templates = DynamoTemplates(client, aws.TABLE)
        add(templates, version())
        counting = Counting(client)

        for _ in range(3):
            templates.head("welcome")
            templates.version("welcome", 1)

        assert counting.calls == ["GetItem"] * 4


def test_what_another_process_has_stored_is_seen_at_once() -> None:
    with aws.table() as client:
        here, there = DynamoTemplates(client, aws.TABLE), DynamoTemplates(client, aws.TABLE)
        add(here, version(1))
        assert there.version("welcome", 1) is not None

        stored = add(here, version(2, made=template(description="newer")))

        head = there.head("welcome")
        assert head is not None
        assert there.version("welcome", head.number) == stored


def test_a_template_is_written_in_one_transaction_and_is_no_notification() -> None:
    """The table's stream passes on what is pending: nothing here may be taken for it."""
    with aws.table() as client:
        templates = DynamoTemplates(client, aws.TABLE)
        counting = Counting(client)

        add(templates, version())

        assert counting.calls == ["TransactWriteItems"]
        items = client.scan(TableName=aws.TABLE)["Items"]
        assert {(item["pk"]["S"], item["sk"]["S"]) for item in items} == {
            ("TEMPLATE#welcome", "CURRENT"),
            ("TEMPLATE#welcome", "VERSION#000000001"),
            ("TEMPLATES", "welcome"),
        }
        assert not any({"status", "expires_at"} & item.keys() for item in items)


def test_the_head_that_every_send_reads_is_small() -> None:
    """Under 4 KB, so that it is one read unit however large the template is."""
    with aws.table() as client:
        add(DynamoTemplates(client, aws.TABLE), version(name="n" * 64))
        (head,) = (
            item
            for item in client.scan(TableName=aws.TABLE)["Items"]
            if item["sk"]["S"] == "CURRENT"
        )

    assert len(str(head)) < 500
