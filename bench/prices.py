"""List prices, and what an amount of billed operations costs at them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from bench.billing import Bill

FILE: Final = Path(__file__).with_name("prices.json")
PRICES: Final[dict[str, Any]] = json.loads(FILE.read_text("utf-8"))
MILLION: Final = 1_000_000
GIGABYTE: Final = 1_000_000_000


def dollars(bill: Bill) -> float:
    """Return what a bill comes to in US dollars, without free tiers and without providers' fees."""
    millions = {
        "http_api_per_million_requests": bill.http_requests,
        "websocket_per_million_messages": bill.socket_messages + bill.pushes,
        "websocket_per_million_connection_minutes": bill.socket_minutes,
        "lambda_per_million_requests": bill.lambda_requests,
        "sqs_standard_per_million_requests": bill.sqs_requests,
        "dynamodb_per_million_write_units": bill.write_units,
        "dynamodb_per_million_read_units": bill.read_units,
        "scheduler_per_million_invocations": bill.schedules,
    }
    cost: float = (
        sum(PRICES[name] * count / MILLION for name, count in millions.items())
        + PRICES["lambda_gb_second_arm64"] * bill.gb_seconds
        + PRICES["cloudwatch_logs_per_gb_ingested"] * bill.log_bytes / GIGABYTE
    )
    return cost
