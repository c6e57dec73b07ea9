"""Drop from an installed layer what no function reads.

A function's cold start unpacks and searches the whole layer, and Lambda counts its bytes towards
the 250 MB limit. Six things go:

- botocore's descriptions of the AWS services that notificationd does not call, and the examples
  and the prose in those that stay (they only feed boto3's documentation);
- what botocore makes documentation with, from the import of a client: it is loaded when somebody
  asks for a method's help;
- the other services' addresses, of which the first client of a process reads all: 1.2 MB;
- boto3's resource descriptions: the code uses clients, never ``boto3.resource``;
- twilio's products other than its messaging API. ``twilio.rest.Client`` imports each product on
  first use, so the ones left out cost nothing until somebody calls them, and then they fail with
  ``ModuleNotFoundError`` (add the product to ``TWILIO_PRODUCTS``);
- package metadata beyond ``METADATA``, console scripts and the packages' own tests.
  ``importlib.metadata.version`` reads ``METADATA``, and pydantic asks it for email-validator's.
"""

import gzip
import json
import shutil
import sys
from pathlib import Path
from typing import Any

# The names under botocore/data of the services that any function calls. The plain files beside
# them (endpoints.json, partitions.json, ...) are botocore's own and stay.
AWS_SERVICES = frozenset(
    {"apigatewaymanagementapi", "dynamodb", "scheduler", "sesv2", "sns", "sqs", "ssm"}
)

# The packages under twilio/rest. Messages.json belongs to "api".
TWILIO_PRODUCTS = frozenset({"api"})


def trim(site: Path) -> None:
    """Remove the unused parts of the packages in a site directory.

    Args:
        site: Where pip installed the packages (``pip install --target``).

    Raises:
        FileNotFoundError: botocore or twilio is not there or is laid out differently, or does
            not know a service that is to be kept. A new release may do that; better here than
            as a missing model at run time.
    """
    _keep_folders(site / "botocore" / "data", AWS_SERVICES)
    for example in site.glob("botocore/data/*/*/examples-1.json*"):
        example.unlink()
    prefixes = {_without_prose(model) for model in site.glob("botocore/data/*/*/service-2.json.gz")}
    _keep_addresses(site / "botocore" / "data" / "endpoints.json", prefixes)
    _load_documenters_late(site / "botocore" / "docs")
    _keep_folders(site / "boto3" / "data", frozenset())
    _keep_folders(site / "twilio" / "rest", TWILIO_PRODUCTS)
    for metadata in site.glob("*.dist-info"):
        _keep_metadata(metadata)
    for tests in site.glob("*/tests"):
        shutil.rmtree(tests)
    shutil.rmtree(site / "bin", ignore_errors=True)  # console scripts name the builder's Python


def _keep_folders(parent: Path, names: frozenset[str]) -> None:
    folders = {path.name: path for path in parent.iterdir() if path.is_dir()}
    if missing := names - folders.keys():
        message = f"{parent.parent.name}/{parent.name} has no {', '.join(sorted(missing))}"
        raise FileNotFoundError(message)
    for name, folder in folders.items():
        if name not in names:
            shutil.rmtree(folder)


def _without_prose(model: Path) -> str:
    """Write a service's description anew, without its prose, and return its prefix in addresses.

    Not compressed: that would be undone in every cold start.
    """
    document = json.loads(gzip.decompress(model.read_bytes()))
    model.unlink()
    model.with_suffix("").write_text(json.dumps(_pruned(document), separators=(",", ":")), "utf-8")
    prefix: str = document["metadata"]["endpointPrefix"]
    return prefix


def _pruned(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, list):
        return [_pruned(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _pruned(each)
        for name, each in value.items()
        # A field of that name is an object.
        if not (name == "documentation" and isinstance(each, str))
    }


def _keep_addresses(file: Path, prefixes: set[str]) -> None:
    """Keep the addresses of some services; of others botocore takes the partition's pattern."""
    document = json.loads(file.read_bytes())
    for partition in document["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in services if name in prefixes}
    file.write_text(json.dumps(document, separators=(",", ":")), "utf-8")


def _load_documenters_late(docs: Path) -> None:
    """Let botocore load what makes documentation when some is made: 8 ms of a cold start."""
    _import_within(docs / "__init__.py", "def generate_docs(root_dir, session):\n", indent=4)
    _import_within(docs / "docstring.py", "    def _create_docstring(self):\n", indent=8)


def _import_within(file: Path, function: str, indent: int) -> None:
    """Move the imports of other parts of `botocore.docs` from a module into one of its functions.

    Args:
        function: its first line, the one that is called before any of them is needed.
        indent: of its body.
    """
    source = file.read_text("utf-8")
    imports = [line for line in source.splitlines() if line.startswith("from botocore.docs.")]
    if not imports or function not in source:
        message = f"botocore/docs/{file.name} is laid out differently"
        raise FileNotFoundError(message)
    names = ", ".join(line.rpartition(" import ")[2] for line in imports)
    for line in imports:
        source = source.replace(f"{line}\n", "")
    late = "".join(f"{' ' * indent}{line}\n" for line in [f"global {names}", *imports])
    file.write_text(source.replace(function, function + late), "utf-8")


def _keep_metadata(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != "METADATA":
            path.unlink()


if __name__ == "__main__":
    trim(Path(sys.argv[1]))
