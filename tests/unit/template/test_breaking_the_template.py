"""The tests of the template, tested: each fails on a template with the fault that it is there for.

A test that reads a document passes easily for the wrong reason: a name that matches nothing, an
empty list. So every one of them is named in faults.yaml with a change that it must not let pass.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.unit.template import (
    test_accounting,
    test_alarms,
    test_functions,
    test_http_api,
    test_queue_events,
    test_reconciling,
    test_roles,
    test_storage,
    test_websocket_api,
)
from tests.unit.template.loader import Json, Template, load

type Test = Callable[[Template], None]

GONE = "gone"
FAULTS = load(Path(__file__).with_name("faults.yaml"))
MODULES: dict[str, ModuleType] = {
    "accounting": test_accounting,
    "alarms": test_alarms,
    "functions": test_functions,
    "http_api": test_http_api,
    "queue_events": test_queue_events,
    "reconciling": test_reconciling,
    "roles": test_roles,
    "storage": test_storage,
    "websocket_api": test_websocket_api,
}


def faults() -> Iterator[object]:
    for module, tests in FAULTS.items():
        for sentence, changes in tests.items():
            test: Test = getattr(MODULES[module], f"test_{sentence}")
            for change in changes:
                ((path, value),) = change.items()
                yield pytest.param(test, path, value, id=f"{sentence}-{path}")


@pytest.mark.parametrize(("test", "path", "value"), list(faults()))
def test_a_fault_in_the_template_is_found(
    template: Template, test: Test, path: str, value: object
) -> None:
    test(template)
    put(template.document, path, value)

    with pytest.raises((AssertionError, KeyError)):
        test(template)


def test_every_test_of_the_template_is_known_to_fail_when_it_should() -> None:
    tests = {
        (name, function.removeprefix("test_"))
        for name, module in MODULES.items()
        for function in vars(module)
        if function.startswith("test_")
    }

    assert tests == {(module, sentence) for module, named in FAULTS.items() for sentence in named}


def put(document: Json, path: str, value: object) -> None:
    """Change one place of a template. A path starts at a part of it, or else at its resources."""
    keys = path.split(".")
    place: Any = document if keys[0] in document else document["Resources"]
    *parents, last = keys
    for key in parents:
        place = place[int(key) if isinstance(place, list) else key]
    index = int(last) if isinstance(place, list) else last
    if value == GONE:
        del place[index]
    else:
        place[index] = value
