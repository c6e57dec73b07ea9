"""Reads template.yaml as CloudFormation gets it: intrinsics in their long form, SAM's parts merged.

Only what these tests ask for is expanded: the functions' global settings and their SQS events.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
TEMPLATE = ROOT / "template.yaml"
CHANNEL_QUEUES = {"EmailQueue", "SmsQueue", "InAppQueue"}

type Json = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """Safe YAML with CloudFormation's short forms."""


def _long_form(loader: _Loader, tag: str, node: yaml.Node) -> Json:
    value: object
    if isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        text = str(node.value)
        value = text.split(".", 1) if tag == "GetAtt" else text
    return {tag if tag in {"Ref", "Condition"} else f"Fn::{tag}": value}


_Loader.add_multi_constructor("!", _long_form)


@cache
def _read(path: Path) -> str:
    return json.dumps(_Loader(path.read_text("utf-8")).get_single_data())


def load(path: Path = TEMPLATE) -> Json:
    """Return a file's document, with every alias written out: one place can be changed alone."""
    document: Json = json.loads(_read(path))
    return document


@dataclass(frozen=True, slots=True)
class Template:
    """What the tests ask of a template."""

    document: Json

    def resource(self, name: str) -> Json:
        """Return a resource's properties; there are none of one that is not declared."""
        properties: Json = self.document["Resources"].get(name, {}).get("Properties", {})
        return properties

    def all(self, kind: str) -> dict[str, Json]:
        """Return the properties of all resources of a type, by name."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.document["Resources"].items()
            if resource["Type"] == kind
        }

    def functions(self) -> dict[str, Json]:
        """Return all functions as SAM makes them: its global settings, under the own ones."""
        shared = self.document["Globals"]["Function"]
        functions = self.all("AWS::Serverless::Function")
        return {name: _merged(shared, own) for name, own in functions.items()}

    def queue_events(self) -> dict[str, Json]:
        """Return the event source mappings that SAM makes of the functions' SQS events."""
        return {
            f"{function}{event}": {**source["Properties"], "FunctionName": {"Ref": function}}
            for function, properties in self.functions().items()
            for event, source in properties.get("Events", {}).items()
            if source["Type"] == "SQS"
        }

    def value(self, value: object) -> Any:  # noqa: ANN401 - whatever the template holds there
        """Return what a value comes to where the template alone decides it."""
        match value:
            case {"Fn::FindInMap": [name, key, entry]}:
                return self.document["Mappings"][name][key][entry]
            case _:
                return value

    def text(self, value: object) -> str:
        """Return a value as text, with `${Name}` where only a deployed stack has one.

        A queue's ARN is `${EmailQueue.Arn}`; two equal texts are the same thing.
        """
        match value:
            case {"Ref": name}:
                return f"${{{name}}}"
            case {"Fn::GetAtt": parts}:
                return f"${{{'.'.join(parts)}}}"
            case {"Fn::Sub": [text, variables]}:
                for name, inner in variables.items():
                    text = text.replace(f"${{{name}}}", self.text(inner))
                return str(text)
            case {"Fn::Sub": text}:
                return str(text)
            case {"Fn::FindInMap": _}:
                return str(self.value(value))
            case dict():
                raise TypeError(f"no text for {value}")
            case _:
                return str(value)

    def seconds(self, value: object) -> int:
        """Return a number of the template's."""
        return int(self.text(value))


def _merged(shared: Any, own: Any) -> Any:  # noqa: ANN401 - whatever the template holds there
    """Put a function's own settings over the global ones, as SAM does: lists add up.

    https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
    """
    if isinstance(shared, list) and isinstance(own, list):
        return shared + own
    if not (isinstance(shared, dict) and isinstance(own, dict)):
        return own
    both = {key: _merged(shared[key], own[key]) for key in shared.keys() & own.keys()}
    return {**shared, **own, **both}


def as_list(value: Any) -> list[Any]:  # noqa: ANN401 - whatever the template holds there
    """Return a value that may stand alone as a list."""
    return value if isinstance(value, list) else [value]
