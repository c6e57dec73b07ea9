"""The dispatcher is fed by every channel's queue, a few messages at a time."""

from tests.unit.template.loader import CHANNEL_QUEUES, Template

LARGEST_BATCH = 10
"""The pool of connections to a provider holds as many, and so does the pool of threads."""


def test_every_channel_queue_and_no_other_feeds_the_dispatcher(template: Template) -> None:
    fed = sorted(
        (template.text(event["FunctionName"]), template.text(event["Queue"]))
        for event in template.queue_events().values()
    )

    expected = [("${DispatchFunction}", f"${{{queue}.Arn}}") for queue in sorted(CHANNEL_QUEUES)]
    assert fed == expected


def test_one_failed_message_does_not_bring_its_batch_back(template: Template) -> None:
    answers = {
        name: event.get("FunctionResponseTypes") for name, event in template.queue_events().items()
    }

    assert answers == {name: ["ReportBatchItemFailures"] for name in answers}


def test_a_backlog_does_not_run_more_dispatchers_than_the_providers_can_take(
    template: Template,
) -> None:
    """Two is the least, a thousand the most that SQS takes."""
    limits = [
        event.get("ScalingConfig", {}).get("MaximumConcurrency", 1000)
        for event in template.queue_events().values()
    ]

    assert all(2 <= limit <= 10 for limit in limits)


def test_a_batch_has_a_thread_and_a_connection_for_each_of_its_messages(
    template: Template,
) -> None:
    sizes = [event.get("BatchSize", 10) for event in template.queue_events().values()]

    assert all(1 <= size <= LARGEST_BATCH for size in sizes)


def test_a_batch_is_never_waited_for(template: Template) -> None:
    """A window would hold a lone notification back."""
    windows = [
        event.get("MaximumBatchingWindowInSeconds", 0) for event in template.queue_events().values()
    ]

    assert windows == [0] * len(CHANNEL_QUEUES)


def test_no_function_behind_a_queue_has_reserved_concurrency(template: Template) -> None:
    """A throttled poll counts as a receive, so messages would die without a try."""
    fed = {event["FunctionName"]["Ref"] for event in template.queue_events().values()}
    functions = template.functions()

    assert [name for name in fed if "ReservedConcurrentExecutions" in functions[name]] == []
