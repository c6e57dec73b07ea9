"""Figure 2, the first invoke: from an event to its answer in a process that has just been started.

`python -m bench.first_invoke [--rounds 9]`

Each function as `sam build` packs it, with its layers, under AWS's runtime interface emulator and
runtime client, which import the function when the first event comes. Beside them the usual way
(bench/baseline), packed by a plain `sam build`. AWS is a server on loopback that answers at once.
Nothing is compiled and kept at run time: a function's folders are read-only on Lambda.
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bench.operations import CONTENT
from bench.servers import Aws, serving
from bench.tables import heading, table
from local.build import build, build_lock
from local.sam import run_sam
from local.stack import settings_beside
from notificationd.adapters.messages import write_message
from notificationd.domain.notification import Channel
from tests.e2e import rie
from tests.fakes import make
from tests.unit.functions.conftest import api_event

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.settings import Settings

BASELINE: Final = "BaselineFunction"
_BASELINE_SOURCE: Final = Path(__file__).with_name("baseline")


@dataclass(frozen=True, slots=True)
class Case:
    """A function's first invoke.

    Args:
        goal: its ratio to the baseline.
        answer: a part of what it answers.
    """

    name: str
    function: str
    event: dict[str, Any]
    answer: dict[str, Any]
    goal: float | None = None


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.first_invoke")
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    heading("2. First invoke")
    settings = prepared()
    with serving(Aws) as address:
        variables = environment(address)
        taken = measure(settings, variables, rounds)
    baseline = statistics.median(taken[BASELINE])
    print(f"Medians of {rounds} processes of each, one after the other in turn.\n")
    rows = []
    for case in cases():
        median = statistics.median(taken[case.name])
        rows.append([case.name, f"{median:.0f}", median / baseline, case.goal])
    table(["function", "ms here", "ratio to the baseline", "goal"], rows)


def cases() -> list[Case]:
    """Return what is measured, the baseline first."""
    body = {"notification_type": "email", "to": "user4@example.com", "content": CONTENT}
    post = api_event("POST /notifications", body={"user_id": 4, **body})
    http = {"method": "POST", "path": "/notifications", "sourceIp": "127.0.0.1"}
    post |= {"rawPath": "/notifications", "rawQueryString": ""}
    post["requestContext"] |= {"http": http, "stage": "$default", "requestId": "1"}
    in_app = post | {"body": post["body"].replace('"email"', '"in-app"').replace(_TO, "")}
    late = write_message(make.notification(channel=Channel.IN_APP), ["socket="])
    email = write_message(make.notification())
    connect = {
        "routeKey": "$connect",
        "connectionId": "socket=",
        "apiId": "api",
        "stage": "live",
        "authorizer": {"kind": "user", "user": "4", "expires_at": "9999999999999"},
    }
    bearer = {"version": "2.0", "identitySource": ["Bearer nd_key"]}
    created = {"statusCode": 201}
    done: dict[str, Any] = {"batchItemFailures": []}
    return [
        Case(BASELINE, BASELINE, post, created),
        Case("send, email", "SendFunction", post, created, 0.33),
        Case("send, in-app", "SendFunction", in_app, created, 0.33),
        Case("authorize, API key", "AuthorizeFunction", bearer, {"isAuthorized": True}, 0.25),
        Case(
            "ws_connect",
            "WsConnectFunction",
            {"requestContext": connect},
            {"statusCode": 200},
            0.25,
        ),
        Case("dispatch, no SDK", "DispatchFunction", batch("in-app", [late]), done, 0.25),
        Case("dispatch, Mailgun", "DispatchFunction", batch("email", [email]), done),
    ]


_TO: Final = '"to": "user4@example.com", '


def batch(queue: str, bodies: list[str]) -> dict[str, Any]:
    """Return a queue's event with some messages."""
    return {
        "Records": [
            {
                "messageId": f"{number}",
                "receiptHandle": f"{number}",
                "body": body,
                "attributes": {"ApproximateReceiveCount": "1"},
                "eventSourceARN": f"arn:aws:sqs:us-east-1:000000000000:{queue}",
            }
            for number, body in enumerate(bodies)
        ]
    }


def environment(address: str, mailgun: str | None = None) -> dict[str, str]:
    """Return the functions' environment.

    Args:
        address: of the stand-in for AWS.
        mailgun: of the stand-in for Mailgun, if it is another.
    """
    queues = {"EMAIL": "email", "SMS": "sms", "IN_APP": "in-app", "DEAD_LETTER": "dead-letters"}
    return {
        "ENVIRONMENT": "local",
        "AWS_ENDPOINT_URL": address,
        "LOG_LEVEL": "WARNING",
        "TABLE_NAME": "table",
        "SECRETS_PREFIX": "/bench",
        "WEBSOCKET_ENDPOINT": address,
        "URL_SUFFIX": "example.com",
        "WORKER_SECONDS": "10",
        "SCHEDULE_GROUP": "bench",
        "SCHEDULE_ROLE_ARN": "arn:aws:iam::000000000000:role/bench",
        "MAX_RECEIVES": "5",
        "RETRY_BASE_SECONDS": "10",
        "LEASE_SECONDS": "30",
        "EMAIL_PROVIDERS": "mailgun",
        "SMS_PROVIDERS": "sns",
        "EMAIL_FROM": "notifications@example.com",
        "MAILGUN_BASE_URL": mailgun or address,
        "MAILGUN_DOMAIN": "example.com",
        "PYTHONDONTWRITEBYTECODE": "1",
        **{f"{name}_QUEUE_URL": f"{address}/1/{queue}" for name, queue in queues.items()},
        **{
            f"{name}_QUEUE_ARN": f"arn:aws:sqs:us-east-1:000000000000:{queue}"
            for name, queue in queues.items()
        },
    }


def prepared() -> Settings:
    """Build what is measured, unless it is there, and return where it is."""
    settings = settings_beside("bench")
    settings.state.mkdir(parents=True, exist_ok=True)
    with build_lock(settings):
        build(settings, lambda text: print(f"{text}\n", flush=True))
    _build_baseline(settings)
    return settings


def baseline_build(settings: Settings) -> Path:
    """Return what `sam build` makes of the baseline."""
    return settings.state / "baseline"


def _build_baseline(settings: Settings) -> None:
    digest = hashlib.sha256(settings.architecture.encode())
    for path in sorted(_BASELINE_SOURCE.rglob("*.*")):
        if "__pycache__" not in path.parts:
            digest.update(path.read_bytes())
    mark = baseline_build(settings) / ".fingerprint"
    if mark.exists() and mark.read_text("ascii") == digest.hexdigest():
        return
    run_sam(
        settings,
        "build",
        *("--template", str(_BASELINE_SOURCE / "template.yaml")),
        *("--build-dir", str(baseline_build(settings))),
        *("--cache-dir", str(settings.state / "baseline-cache")),
        *("--parameter-overrides", f"Architecture={settings.architecture}"),
    )
    mark.write_text(digest.hexdigest(), "ascii")


def measure(
    settings: Settings, variables: Mapping[str, str], rounds: int
) -> dict[str, list[float]]:
    """Return the milliseconds of each first invoke, by case.

    Args:
        rounds: how many processes of each; one more, to fill the disk's cache, is not counted.
    """
    taken: dict[str, list[float]] = {case.name: [] for case in cases()}
    for number in range(rounds + 1):
        for case in cases():
            milliseconds = first_invoke(settings, case, variables)
            if number:
                taken[case.name].append(milliseconds)
    return taken


def first_invoke(settings: Settings, case: Case, variables: Mapping[str, str]) -> float:
    """Start a process, and return the milliseconds from its first event to the answer."""
    build = baseline_build(settings) if case.function == BASELINE else settings.build
    with rie.running(settings, case.function, variables, build) as invoke:
        began = time.perf_counter()
        answer = invoke(case.event)
        taken = (time.perf_counter() - began) * 1000
    found = {name: answer.get(name) for name in case.answer}
    assert found == case.answer, answer
    return taken


if __name__ == "__main__":
    main()
