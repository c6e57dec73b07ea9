"""Marks tests by the folder they live in; only integration and end-to-end tests get sockets."""

import signal
from pathlib import Path

import pytest
from hypothesis import settings

# No deadline: a test never judges by the clock, and this machine may be busy.
settings.register_profile("notificationd", deadline=None)
settings.load_profile("notificationd")

# A shell's background job ignores Ctrl-C, and hands that on: tests send it to what they start.
signal.signal(signal.SIGINT, signal.default_int_handler)

FOLDER = Path(__file__).parent
WITH_SOCKETS = ("integration", "e2e")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Add the folder's mark, and switch sockets on for marked tests (pytest-socket has them off).

    A single test or parameter elsewhere, as in the contract suites, may carry such a mark itself.
    """
    for item in items:
        folder = item.path.relative_to(FOLDER).parts[0]
        if folder in WITH_SOCKETS:
            item.add_marker(folder)
        if any(item.get_closest_marker(mark) for mark in WITH_SOCKETS):
            item.add_marker("enable_socket")
