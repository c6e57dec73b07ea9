"""Types as JSON Schema, with the sentences under their fields as descriptions.

Pydantic could read these sentences itself, but then it would do so in every function that starts.
"""

from __future__ import annotations

import ast
import inspect
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

type Json = dict[str, Any]

REFERENCE = "#/components/schemas/{model}"


def schemas_of(requests: Iterable[type], answers: Iterable[type]) -> dict[str, Json]:
    """Return the schemas of some types, and of those that they are made of, by name.

    Args:
        requests: pydantic models that callers send.
        answers: typed dictionaries that they get.
    """
    given: list[tuple[Any, Any, TypeAdapter[Any]]] = [
        *((each, "validation", TypeAdapter(each)) for each in requests),
        *((each, "serialization", TypeAdapter(each)) for each in answers),
    ]
    _, document = TypeAdapter.json_schemas(given, ref_template=REFERENCE)
    made: dict[str, Json] = document["$defs"]
    known = dict(_types(each for each, _, _ in given))
    for name, schema in made.items():
        _describe(schema, known.get(name))
    return {name: _tidied(schema) for name, schema in sorted(made.items())}


def parameters_of(model: type, defaults: Mapping[str, Any] | None = None) -> list[Json]:
    """Return the parameters of a query that a model describes.

    Args:
        defaults: examples, by name.
    """
    schema = TypeAdapter(model).json_schema(ref_template=REFERENCE)
    _describe(schema, model)
    schema = _tidied(schema)
    parameters = []
    for name, each in schema["properties"].items():
        parameter: Json = {"name": name, "in": "query"}
        if description := each.pop("description", None):
            parameter["description"] = description
        parameter["schema"] = _given(each)
        if parameter["schema"].get("type") == "array":
            parameter |= {"style": "form", "explode": False}
        if defaults and name in defaults:
            parameter["example"] = defaults[name]
        parameters.append(parameter)
    return parameters


@cache
def sentences(kind: type) -> dict[str, str]:
    """Return the sentence under each field of a class, and of those that it is made from."""
    found: dict[str, str] = {}
    for each in reversed(_bases(kind)):
        tree = ast.parse(inspect.getsource(inspect.getmodule(each) or each))
        for node in tree.body:  # none for a type that is not written as a class
            if isinstance(node, ast.ClassDef) and node.name == each.__name__:
                found |= dict(_under_fields(node))
    return found


def _bases(kind: type) -> list[type]:
    """Return a class and its bases. A typed dictionary has none when it runs."""
    original = [base for base in getattr(kind, "__orig_bases__", ()) if isinstance(base, type)]
    bases = original or list(kind.__bases__)
    ours = [base for base in bases if base.__module__.startswith(("documents.", "notificationd."))]
    return [kind, *(each for base in ours for each in _bases(base))]


def _under_fields(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for statement, following in zip(node.body, node.body[1:], strict=False):
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and isinstance(following, ast.Expr)
            and isinstance(following.value, ast.Constant)
        ):
            yield statement.target.id, inspect.cleandoc(str(following.value.value))


def _types(given: Iterable[type]) -> Iterator[tuple[str, type]]:
    """Yield all classes of the modules that some are from, by name."""
    for module in {inspect.getmodule(each) for each in given}:
        for name, kind in vars(module).items():
            if isinstance(kind, type) and kind.__module__ == getattr(module, "__name__", ""):
                yield name, kind


def _describe(schema: Json, kind: type | None) -> None:
    for name, sentence in sentences(kind).items() if kind else ():
        if name in schema.get("properties", {}):
            schema["properties"][name]["description"] = " ".join(sentence.split())


def _tidied(schema: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a schema without what pydantic makes up: titles, and null for what is left out."""
    if isinstance(schema, list):
        return [_tidied(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    tidy = {}
    for key, value in schema.items():
        if key == "properties":
            tidy[key] = {name: _tidied(each) for name, each in value.items()}
        elif (key == "title" and isinstance(value, str)) or (key == "default" and value is None):
            continue
        else:
            tidy[key] = value if key in {"enum", "default", "const"} else _tidied(value)
    return tidy


def _given(schema: Json) -> Json:
    """Return the schema of what is given: a query has no null."""
    kinds = schema.get("anyOf", [])
    if {"type": "null"} not in kinds:
        return schema
    (kind,) = (each for each in kinds if each != {"type": "null"})
    return {**{key: value for key, value in schema.items() if key != "anyOf"}, **kind}
