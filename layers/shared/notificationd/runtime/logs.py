"""The functions' logs: JSON lines with ids only, never an address, a content or a token.

At INFO there is a line for everything that happens to a notification; that is for the local run.
On AWS the level is WARNING, since a line costs as much as a table write.
"""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING

from aws_lambda_powertools.logging import Logger

from notificationd.runtime import config

if TYPE_CHECKING:
    from collections.abc import Mapping

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


class LogJournal:
    """Fulfils `domain.ports.Journal`."""

    def note(self, event: str, details: Mapping[str, object]) -> None:
        """Take down that something went as it should."""
        logger().info(event, extra=dict(details))

    def warn(self, event: str, details: Mapping[str, object]) -> None:
        """Take down that something needs a look."""
        logger().warning(event, extra=dict(details))


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
