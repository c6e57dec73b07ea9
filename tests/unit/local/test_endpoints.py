"""What a run tells to those who want to call it."""

import json
import subprocess
from pathlib import Path

import pytest

from local.endpoints import Endpoints, endpoints_of, remove
from local.errors import LocalError
from tests.unit.local.cloud import FakeStack

_STACK_OUTPUTS = {
    "ApiUrl": "http://127.0.0.1:14566/_aws/execute-api/00000001",
    "WebSocketUrl": "http://127.0.0.1:14566/_aws/execute-api/00000002/live",
}


@pytest.fixture
def stack() -> FakeStack:
    made = FakeStack(
        outputs=_STACK_OUTPUTS,
        resources={
            "SendFunction": ("AWS::Lambda::Function", "notificationd-SendFunction-1"),
            "Table": ("AWS::DynamoDB::Table", "notificationd-Table-1"),
        },
    )
    made["lambda"].get_function_configuration.return_value = {
        "Environment": {"Variables": {"TABLE_NAME": "notificationd-Table-1"}}
    }
    return made


def test_a_stack_is_called_at_its_outputs(stack: FakeStack) -> None:
    found = endpoints_of(stack.cloud, "http://127.0.0.1:18025", "nd_key")

    assert found.api_url == _STACK_OUTPUTS["ApiUrl"]
    assert found.websocket_url == "ws://127.0.0.1:14566/_aws/execute-api/00000002/live"
    assert (
        found.console_url
        == f"{_STACK_OUTPUTS['ApiUrl']}/#key=nd_key&user=4&sandbox=http%3A%2F%2F127.0.0.1%3A18025"
    )


def test_endpoints_are_read_as_they_were_written(stack: FakeStack, tmp_path: Path) -> None:
    written = endpoints_of(stack.cloud, "http://127.0.0.1:18025", "nd_key")

    written.write(tmp_path, stack.cloud)

    assert Endpoints.read(tmp_path) == written


def test_the_files_are_their_owners_alone(stack: FakeStack, tmp_path: Path) -> None:
    endpoints_of(stack.cloud, "http://127.0.0.1:18025", "nd_key").write(tmp_path, stack.cloud)

    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {"endpoints.json": 0o600, "env": 0o600, "sam-env.json": 0o600}


def test_a_shell_and_what_it_runs_take_the_env_file_as_it_is(
    stack: FakeStack, tmp_path: Path
) -> None:
    made = endpoints_of(stack.cloud, "http://127.0.0.1:18025", "nd_$HOME'`x`")
    made.write(tmp_path, stack.cloud)

    child = """printf '%s\\n' "$API_URL" "$WEBSOCKET_URL" "$API_KEY\""""
    shell = subprocess.run(
        ["/bin/sh", "-c", '. ./env; exec /bin/sh -c "$0"', child],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    assert shell.stdout.splitlines() == [made.api_url, made.websocket_url, made.api_key]


def test_sam_gets_each_functions_environment_by_its_logical_id(
    stack: FakeStack, tmp_path: Path
) -> None:
    endpoints_of(stack.cloud, "", "nd_key").write(tmp_path, stack.cloud)

    document = json.loads((tmp_path / "sam-env.json").read_text(encoding="utf-8"))
    assert document == {"SendFunction": {"TABLE_NAME": "notificationd-Table-1"}}


def test_where_nothing_runs_there_is_a_sentence_that_says_how_to_start_it(
    stack: FakeStack, tmp_path: Path
) -> None:
    endpoints_of(stack.cloud, "", "nd_key").write(tmp_path, stack.cloud)
    remove(tmp_path)

    with pytest.raises(LocalError, match="make run"):
        Endpoints.read(tmp_path)
    assert list(tmp_path.iterdir()) == []
