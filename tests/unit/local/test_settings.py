"""Where a local run lives and listens."""

import pytest

from local.errors import LocalError
from local.settings import ROOT, Emulator, Settings, from_environment


def test_without_any_variable_the_usual_ports_are_used() -> None:
    found = from_environment({})

    assert (found.port, found.sandbox_port) == (4566, 8025)
    assert found.emulator is Emulator.MINISTACK
    assert found.state == ROOT / ".local"


def test_variables_choose_ports_and_emulator() -> None:
    found = from_environment(
        {
            "NOTIFICATIOND_PORT": "5000",
            "NOTIFICATIOND_SANDBOX_PORT": "5001",
            "NOTIFICATIOND_STATE": ".local/another",
            "EMULATOR": "localstack",
        }
    )

    assert found.state == ROOT / ".local" / "another"

    assert found.aws_endpoint_url == "http://127.0.0.1:5000"
    assert found.sandbox_url == "http://127.0.0.1:5001"
    assert found.emulator is Emulator.LOCALSTACK


@pytest.mark.parametrize("port", ["x", "0", "65536", "-1", "4566.0", "٤"])
def test_a_port_that_is_none_ends_with_a_sentence_that_names_the_variable(port: str) -> None:
    with pytest.raises(LocalError, match="NOTIFICATIOND_PORT"):
        from_environment({"NOTIFICATIOND_PORT": port})


def test_an_unknown_emulator_ends_with_a_sentence_that_names_the_known_ones() -> None:
    with pytest.raises(LocalError, match="ministack or localstack"):
        from_environment({"EMULATOR": "moto"})


def test_a_missing_tool_ends_with_a_sentence_that_says_how_to_get_it(settings: Settings) -> None:
    with pytest.raises(LocalError, match=r"make \.venvs/sam/\.ready"):
        settings.tool("sam/bin/python")
