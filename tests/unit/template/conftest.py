"""The template, parsed anew for each test: one that changes it disturbs no other."""

import pytest

from tests.unit.template.loader import Template, load


@pytest.fixture
def template() -> Template:
    """Return template.yaml."""
    return Template(load())
