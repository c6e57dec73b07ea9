"""What `sam build` hands to `sam deploy` declares all that the tests of the template ask of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from local.settings import ROOT
from tests.unit.template.loader import Template, load
from tests.unit.template.test_breaking_the_template import MODULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.template.test_breaking_the_template import Test

BUILT = ROOT / ".aws-sam" / "build" / "template.yaml"
# They compare the template with the source tree, or tell how it is built: that is over by then.
ABOUT_THE_TREE = {
    "test_every_function_in_the_tree_is_deployed",
    "test_every_handler_is_where_lambda_looks_for_it",
    "test_every_layer_has_its_recipe",
    "test_the_layers_are_built_by_their_recipes_for_the_architecture_of_the_functions",
    "test_every_route_has_a_handler_and_every_handler_a_route",
    "test_every_function_that_answers_http_has_its_routes_in_the_template",
}


def declarations() -> Iterator[object]:
    for module in MODULES.values():
        for name, test in vars(module).items():
            if name.startswith("test_") and name not in ABOUT_THE_TREE:
                yield pytest.param(test, id=name.removeprefix("test_"))


@pytest.mark.parametrize("test", list(declarations()))
def test_what_is_built(test: Test) -> None:
    test(Template(load(BUILT)))


def test_only_tests_that_there_are_are_left_out() -> None:
    names = {name for module in MODULES.values() for name in vars(module)}

    assert names >= ABOUT_THE_TREE
