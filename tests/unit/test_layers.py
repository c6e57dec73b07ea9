"""The layers hold what the functions use, and not more."""

import gzip
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from botocore import docs

from layers.dependencies.trim import AWS_SERVICES, TWILIO_PRODUCTS, trim

ROOT = Path(__file__).parents[2]
LAYER = ROOT / "layers" / "dependencies"


# A service that has a field of the name "documentation": that is no prose.
MODEL = {
    "metadata": {"endpointPrefix": "queue"},
    "operations": {"Send": {"name": "Send", "documentation": "<p>Sends.</p>"}},
    "shapes": {"Text": {"members": {"documentation": {"shape": "S", "documentation": "Words."}}}},
}


ADDRESSES: dict[str, list[dict[str, object]]] = {
    "partitions": [
        {
            "partition": "aws",
            "defaults": {},
            "services": {"queue": {"endpoints": {}}, "ec2": {"endpoints": {}}},
        }
    ]
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """What pip leaves behind, in small."""
    kept = [f"botocore/data/{name}/2012/service-2.json.gz" for name in AWS_SERVICES]
    kept += [f"twilio/rest/{name}/__init__.py" for name in TWILIO_PRODUCTS]
    for name in [
        *kept,
        "botocore/data/endpoints.json",
        "botocore/data/ec2/2016/service-2.json.gz",
        "botocore/data/sqs/2012/examples-1.json",
        "boto3/data/s3/2006/resources-1.json",
        "twilio/rest/__init__.py",
        "twilio/rest/video/__init__.py",
        "certifi/cacert.pem",
        "certifi/tests/test_certify.py",
        "pydantic-2.dist-info/METADATA",
        "pydantic-2.dist-info/RECORD",
        "pydantic-2.dist-info/licenses/LICENSE",
        "bin/jp.py",
    ]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    for path in tmp_path.glob("botocore/data/*/*/service-2.json.gz"):
        path.write_bytes(gzip.compress(json.dumps(MODEL).encode()))
    (tmp_path / "botocore/data/endpoints.json").write_text(json.dumps(ADDRESSES))
    (tmp_path / "botocore/docs").mkdir()
    for name in ("__init__.py", "docstring.py"):
        shutil.copy(Path(docs.__file__).parent / name, tmp_path / "botocore/docs")
    return tmp_path


def files(site: Path) -> set[str]:
    return {str(path.relative_to(site)) for path in site.rglob("*") if path.is_file()}


def test_trimming_leaves_the_used_services_and_products(site: Path) -> None:
    trim(site)

    expected = {
        "botocore/data/apigatewaymanagementapi/2012/service-2.json",
        "botocore/data/dynamodb/2012/service-2.json",
        "botocore/data/endpoints.json",
        "botocore/data/scheduler/2012/service-2.json",
        "botocore/data/sesv2/2012/service-2.json",
        "botocore/data/sns/2012/service-2.json",
        "botocore/data/sqs/2012/service-2.json",
        "botocore/data/ssm/2012/service-2.json",
        "botocore/docs/__init__.py",
        "botocore/docs/docstring.py",
        "certifi/cacert.pem",
        "pydantic-2.dist-info/METADATA",
        "twilio/rest/__init__.py",
        "twilio/rest/api/__init__.py",
    }
    assert expected == files(site)


def test_trimming_leaves_what_a_client_reads_of_a_service(site: Path) -> None:
    trim(site)

    model = json.loads((site / "botocore/data/sqs/2012/service-2.json").read_text())
    assert model == {
        "metadata": {"endpointPrefix": "queue"},
        "operations": {"Send": {"name": "Send"}},
        "shapes": {"Text": {"members": {"documentation": {"shape": "S"}}}},
    }


def test_trimming_leaves_the_addresses_of_the_used_services(site: Path) -> None:
    trim(site)

    (partition,) = json.loads((site / "botocore/data/endpoints.json").read_text())["partitions"]
    assert partition == {
        "partition": "aws",
        "defaults": {},
        "services": {"queue": {"endpoints": {}}},
    }


# botocore and boto3, but for the two files of botocore's documentation.
CLIENT = """
import sys
import botocore
from importlib.util import module_from_spec, spec_from_file_location

name = "botocore.docs"
places = [sys.argv[1], botocore.__path__[0] + "/docs"]
spec = spec_from_file_location(name, f"{places[0]}/__init__.py", submodule_search_locations=places)
sys.modules[name] = module_from_spec(spec)
spec.loader.exec_module(sys.modules[name])

import botocore.session
client = botocore.session.get_session().create_client("sqs", region_name="us-east-1")

assert sys.modules["botocore.docs.docstring"].__file__.startswith(places[0])
assert not {"botocore.docs.bcdoc", "botocore.docs.service"} & sys.modules.keys()
assert "MessageBody" in str(client.send_message.__doc__)
import boto3
boto3.client("sqs", region_name="us-east-1")
"""


def test_what_makes_documentation_is_loaded_when_it_is_asked_for(site: Path) -> None:
    trim(site)

    subprocess.run([sys.executable, "-c", CLIENT, site / "botocore/docs"], check=True)


@pytest.mark.parametrize("name", ["__init__.py", "docstring.py"])
def test_documentation_that_botocore_makes_otherwise_stops_the_build(site: Path, name: str) -> None:
    (site / "botocore/docs" / name).write_text("class ClientMethodDocstring(str): ...")

    with pytest.raises(FileNotFoundError, match=f"{name} is laid out differently"):
        trim(site)


def test_a_service_that_botocore_no_longer_has_stops_the_build(site: Path) -> None:
    (site / "botocore/data/sesv2/2012/service-2.json.gz").unlink()
    (site / "botocore/data/sesv2/2012").rmdir()
    (site / "botocore/data/sesv2").rmdir()

    with pytest.raises(FileNotFoundError, match="botocore/data has no sesv2"):
        trim(site)


# What the functions ask of the packages whose own dependencies are left out of the layer.
USES = """
from email_validator import validate_email
from notificationd.adapters.templating.language import Liquid
from pydantic import BaseModel, EmailStr
from twilio.request_validator import RequestValidator
from twilio.rest import Client

class Model(BaseModel):
    address: EmailStr

Model(address="ada@example.com")
validate_email("ada@example.com", check_deliverability=False)
Client("AC" + 32 * "0", "token").messages.create
RequestValidator("token").compute_signature("https://example.com/", {})
Liquid().rendering({"a": "2026-01-02"}).text("{{ a | date: '%d.%m.' }}", html=True)
"""

# An import of a blocked name fails as it does where the package is not installed.
BLOCK = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
"""


def test_nothing_misses_the_dependencies_that_are_left_out() -> None:
    left_out = ["aiohttp", "aiohttp_retry", "babel", "dns", "importlib_resources", "pytz"]

    subprocess.run(
        [sys.executable, "-c", BLOCK.format(names=left_out) + USES],
        check=True,
        env={"PYTHONPATH": str(ROOT / "layers" / "shared")},
    )


@pytest.mark.parametrize(
    "package", ["aiohttp", "aiohttp-retry", "babel", "dnspython", "importlib-resources", "pytz"]
)
def test_what_is_left_out_is_in_no_lock_of_the_layer(package: str) -> None:
    lock = (LAYER / "requirements.txt").read_text()

    assert f"\n{package}==" not in lock


def test_the_tests_run_with_the_versions_that_the_layer_ships() -> None:
    layer = pins(LAYER / "requirements.txt")
    development = pins(ROOT / "requirements-dev.txt")

    assert layer <= development


def pins(lock: Path) -> set[str]:
    return {
        line.split(" ")[0]
        for line in lock.read_text().splitlines()
        if "==" in line and not line.startswith((" ", "#"))
    }


@pytest.mark.parametrize(
    "lock",
    [
        "layers/dependencies/requirements.txt",
        "local/requirements-emulator.txt",
        "local/requirements-sam.txt",
        "local/requirements-uv.txt",
        "requirements-dev.txt",
    ],
)
def test_a_lock_names_no_registry(lock: str) -> None:
    """Whoever installs has a registry configured; a lock must not override it."""
    text = (ROOT / lock).read_text()

    assert "://" not in text
    assert "--index-url" not in text
