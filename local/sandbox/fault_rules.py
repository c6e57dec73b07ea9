"""The rules of `POST /faults`: strict, so that a test never waits for a fault that can't come."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final

from local.sandbox.errors import InvalidFieldsError
from local.sandbox.exchange import ProviderName
from local.sandbox.faults import SILENT, Kind

MAX_TIMES: Final = 1_000_000
MAX_LATENCY_SECONDS: Final = 60
MAX_RETRY_AFTER_SECONDS: Final = 86_400
STATUSES: Final = (300, 599)
CODES: Final = (10_000, 99_999)


def _whole(low: int, high: int) -> Callable[[object], bool]:
    # bool is a subclass of int, and `true` is no number in JSON.
    return lambda value: type(value) is int and low <= value <= high


def _number(low: float, high: float) -> Callable[[object], bool]:
    return lambda value: type(value) in {int, float} and low <= value <= high  # type: ignore[operator]


def _one_of(kinds: type[StrEnum]) -> Callable[[object], bool]:
    return lambda value: value in list(kinds)


_RULES: Final[Mapping[str, tuple[Callable[[object], bool], str]]] = {
    "provider": (_one_of(ProviderName), f"must be one of {', '.join(ProviderName)}"),
    "kind": (_one_of(Kind), f"must be one of {', '.join(Kind)}"),
    "times": (_whole(1, MAX_TIMES), f"must be a whole number from 1 to {MAX_TIMES}"),
    "share": (_number(0, 1), "must be a number from 0 to 1"),
    "seed": (lambda value: type(value) is int, "must be a whole number"),
    "retry_after": (
        _whole(0, MAX_RETRY_AFTER_SECONDS),
        f"must be a whole number of seconds from 0 to {MAX_RETRY_AFTER_SECONDS}",
    ),
    "status": (
        _whole(*STATUSES),
        f"must be an HTTP status from {STATUSES[0]} to {STATUSES[1]}",
    ),
    "code": (_whole(*CODES), f"must be one of Twilio's error codes, {CODES[0]} to {CODES[1]}"),
    "latency": (
        _number(0, MAX_LATENCY_SECONDS),
        f"must be a number of seconds from 0 to {MAX_LATENCY_SECONDS}",
    ),
    "to": (lambda value: isinstance(value, str) and bool(value.strip()), "must be an address"),
    "accept": (lambda value: isinstance(value, bool), "must be true or false"),
}


def parse(document: object) -> dict[str, Any]:
    """Turn a fault request into the fields of a `Fault`.

    Args:
        document: the decoded JSON of `POST /faults`.

    Raises:
        InvalidFieldsError: naming every field that is unknown, missing, out of its range, or
            without a meaning beside the others.

    """
    if not isinstance(document, dict):
        raise InvalidFieldsError({"": "the body must be a JSON object"})
    errors = {name: "is not a field of a fault" for name in document if name not in _RULES}
    errors |= {
        name: text
        for name, (is_valid, text) in _RULES.items()
        if name in document and not is_valid(document[name])
    }
    for name, text in _misfits(document).items():
        errors.setdefault(name, text)
    if errors:
        raise InvalidFieldsError(errors)

    fields = {name: value for name, value in document.items() if name != "times"}
    fields |= {"provider": ProviderName(document["provider"]), "kind": Kind(document["kind"])}
    if "to" in fields:
        fields["to"] = fields["to"].strip()
    return fields | {"remaining": document.get("times")}


def _misfits(document: Mapping[str, object]) -> dict[str, str]:
    """Return the fields that are missing or make no sense beside the others."""
    kind = document.get("kind")
    checks = [
        ("provider", "provider" not in document, "is required"),
        ("kind", "kind" not in document, "is required"),
        ("times", "times" not in document and "share" not in document, "or share is required"),
        ("share", "times" in document and "share" in document, "can't be given beside times"),
        ("status", kind == Kind.REFUSE and "status" not in document, "is required for refuse"),
        (
            "status",
            "status" in document and kind != Kind.REFUSE,
            "has a meaning only with the kind refuse",
        ),
        (
            "code",
            "code" in document
            and (kind != Kind.REFUSE or document.get("provider") != ProviderName.TWILIO),
            "has a meaning only with the kind refuse, and for twilio",
        ),
        ("seed", "seed" in document and "share" not in document, "has a meaning only with share"),
        ("latency", kind == Kind.SLOW and "latency" not in document, "is required for slow"),
        (
            "latency",
            kind == Kind.TIMEOUT and "latency" in document,
            "has no meaning for timeout, which never answers",
        ),
        (
            "retry_after",
            "retry_after" in document and kind != Kind.RATE_LIMITED,
            "has a meaning only with the kind 429",
        ),
        (
            "accept",
            "accept" in document and kind not in list(SILENT),
            "has a meaning only with the kinds timeout and drop",
        ),
    ]
    return {name: text for name, applies, text in checks if applies}
