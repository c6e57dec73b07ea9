"""The functions' logs: JSON lines with ids only, never an address, a content or a token.

At INFO there is a line for everything that happens to a notification; that is for the local run.
On AWS the level is WARNING, since a line costs as much as a table write.
"""

from __future__ import annotations

import logging
from functools import cache, wraps
from typing import TYPE_CHECKING

from aws_lambda_powertools.logging import Logger

from notificationd.runtime import config, metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SERVICE = "notificationd"


@cache
def logger() -> Logger:
    """Return the process's logger."""
    made = Logger(service=_SERVICE, level=config.log_level(), use_rfc3339=True)
    # By itself it takes the level of Lambda's logging controls, which is there for metrics.
    logging.getLogger(_SERVICE).setLevel(config.log_level())
    return made


def log_error(event: str, error: Exception) -> None:
    """Report an error that is ours.

    Its kind and its place, and those of what caused it: texts may hold what a caller sent.
    """
    logger().error(
        event,
        extra={
            "error": type(error).__qualname__,
            "cause": _cause(error),
            "place": _place(error),
        },
    )


class InvocationFailed(Exception):
    """Stands in for an error that no handler expected; the log says which, and where."""


def without_texts[Event, Context, Answer](
    handler: Callable[[Event, Context], Answer],
) -> Callable[[Event, Context], Answer]:
    """Keep the texts of unexpected errors out of a function's log.

    What a handler raises, Lambda's runtime writes down with its text, and a text may hold whatever
    was at hand: an address, a content, a token. The invocation fails all the same.
    """

    @wraps(handler)
    def guarded(event: Event, context: Context) -> Answer:
        try:
            return handler(event, context)
        except Exception as error:  # noqa: BLE001 - the edge: it is raised again, without its text
            log_error("invocation_failed", error)
        raise InvocationFailed

    return guarded


class LogJournal:
    """Fulfils `domain.ports.Journal`."""

    def note(self, event: str, details: Mapping[str, object]) -> None:
        """Take down that something went as it should."""
        logger().info(event, extra=dict(details))
        metrics.take(event, details)

    def warn(self, event: str, details: Mapping[str, object]) -> None:
        """Take down that something needs a look."""
        logger().warning(event, extra=dict(details))
        metrics.take(event, details)

    def count(self, event: str, details: Mapping[str, object]) -> None:
        """Take down what matters as a figure only."""
        metrics.take(event, details)


def _cause(error: Exception) -> str | None:
    cause = error.__cause__
    if cause is None:
        return None
    code = getattr(cause, "response", {}).get("Error", {}).get("Code", "")
    return f"{type(cause).__qualname__} {code}".strip()


def _place(error: Exception) -> str | None:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return None if trace is None else f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}"
