"""Measures each operation once for all tests: some of them take seconds to do."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.operations import Measured, Operation


@cache
def measured(operation: Operation) -> Measured:
    """Return what an operation takes now."""
    return operation.measure()
