"""The table and the queues keep what they are given, and keep it safe."""

from notificationd.adapters import http
from notificationd.runtime import aws
from tests.unit.template.loader import CHANNEL_QUEUES, Json, Template

DAY_SECONDS = 24 * 60 * 60


def channel_queues(template: Template) -> dict[str, Json]:
    queues = template.all("AWS::SQS::Queue")
    return {name: queue for name, queue in queues.items() if name != "DeadLetterQueue"}


def dispatcher(template: Template) -> Json:
    return template.functions()["DispatchFunction"]


def test_the_table_is_billed_by_use_and_keyed_by_two_strings(template: Template) -> None:
    table = template.resource("Table")

    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["KeySchema"] == [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ]
    assert table["AttributeDefinitions"] == [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "S"},
    ]


def test_items_with_an_expiry_are_removed(template: Template) -> None:
    expected = {"AttributeName": "expires_at", "Enabled": True}

    assert template.resource("Table").get("TimeToLiveSpecification") == expected


def test_the_table_can_be_restored_to_any_second_of_the_last_weeks(template: Template) -> None:
    expected = {"PointInTimeRecoveryEnabled": True}

    assert template.resource("Table").get("PointInTimeRecoverySpecification") == expected


def test_the_table_is_encrypted(template: Template) -> None:
    assert template.resource("Table").get("SSESpecification") == {"SSEEnabled": True}


def test_the_table_outlives_the_stack(template: Template) -> None:
    """`RetainExceptOnCreate`: only a stack whose creation failed takes the empty table along."""
    table = template.document["Resources"]["Table"]

    assert table.get("DeletionPolicy") in {"Retain", "RetainExceptOnCreate"}
    assert table.get("UpdateReplacePolicy") == "Retain"


def test_each_channel_has_a_queue(template: Template) -> None:
    assert channel_queues(template).keys() == CHANNEL_QUEUES


def test_every_queue_is_encrypted(template: Template) -> None:
    queues = template.all("AWS::SQS::Queue")
    plain = [
        name for name, queue in queues.items() if queue.get("SqsManagedSseEnabled") is not True
    ]

    assert plain == []


def test_every_channel_queue_moves_what_fails_to_the_dead_letter_queue(template: Template) -> None:
    targets = {
        name: template.text(queue.get("RedrivePolicy", {}).get("deadLetterTargetArn"))
        for name, queue in channel_queues(template).items()
    }

    assert targets == dict.fromkeys(CHANNEL_QUEUES, "${DeadLetterQueue.Arn}")


def test_the_dispatcher_knows_after_how_many_receives_a_queue_gives_up(template: Template) -> None:
    """It marks the record `failed` on the last one, before SQS moves the message."""
    known = int(template.text(dispatcher(template)["Environment"]["Variables"]["MAX_RECEIVES"]))
    declared = {
        name: template.value(queue.get("RedrivePolicy", {}).get("maxReceiveCount"))
        for name, queue in channel_queues(template).items()
    }

    assert known == 5
    assert declared == dict.fromkeys(CHANNEL_QUEUES, known)


def test_dead_letters_stay_for_fourteen_days(template: Template) -> None:
    queue = template.resource("DeadLetterQueue")

    assert template.value(queue.get("MessageRetentionPeriod")) == 14 * DAY_SECONDS


def test_a_dead_letter_is_not_about_to_expire_when_it_gets_there(template: Template) -> None:
    """A moved message keeps the age that it has."""
    dead = template.value(template.resource("DeadLetterQueue").get("MessageRetentionPeriod"))
    channels = [
        template.value(queue.get("MessageRetentionPeriod"))
        for queue in channel_queues(template).values()
    ]

    assert all(seconds <= dead - 7 * DAY_SECONDS for seconds in channels)


def test_a_message_stays_hidden_for_six_times_as_long_as_the_dispatcher_may_run(
    template: Template,
) -> None:
    """What AWS asks for, so that a throttled batch is not received a second time meanwhile.

    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    """
    least = 6 * template.seconds(dispatcher(template)["Timeout"])
    hidden = [
        template.seconds(queue.get("VisibilityTimeout", 30))
        for queue in channel_queues(template).values()
    ]

    assert min(hidden) >= least


def test_a_claim_lasts_for_as_long_as_the_dispatcher_may_run(template: Template) -> None:
    """Shorter, and two workers could send; longer, and a dead worker's claim would only delay."""
    function = dispatcher(template)
    lease = template.text(function["Environment"]["Variables"]["LEASE_SECONDS"])

    assert int(lease) == template.seconds(function["Timeout"])


def test_two_slow_providers_fit_into_one_run_of_the_dispatcher(template: Template) -> None:
    """Mailgun or Twilio, then SES or SNS, each for as long as its client waits."""
    once = vars(aws)["_ONCE"]  # a client would tell too, but only with credentials
    needed = sum(http.TIMEOUT_SECONDS) + once.connect_timeout + once.read_timeout

    assert template.seconds(dispatcher(template)["Timeout"]) > needed
