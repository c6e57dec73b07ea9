"""`notificationctl keys`."""

import re

import pytest

from local.errors import LocalError
from local.notificationctl import keys
from local.notificationctl.target import Target
from notificationd.adapters.dynamodb.api_keys import DynamoApiKeys
from notificationd.domain.identity import Scope
from notificationd.services.authenticate import digest

type Capture = pytest.CaptureFixture[str]


def _created(target: Target, capsys: Capture, name: str = "backend") -> str:
    keys.create(target, name, ["send", "read"])
    return capsys.readouterr().out.strip()


def test_a_new_key_is_the_only_thing_on_stdout_and_works(target: Target, capsys: Capture) -> None:
    key = _created(target, capsys)

    assert re.fullmatch(r"nd_[A-Za-z0-9_-]{43}", key)
    found = DynamoApiKeys(target.dynamodb(), target.table).find(digest(key))
    assert found is not None
    assert found.scopes == {Scope.SEND, Scope.READ}


def test_the_table_holds_no_key_but_its_hash(target: Target, capsys: Capture) -> None:
    key = _created(target, capsys)

    assert key not in str(target.dynamodb().scan(TableName=target.table)["Items"])


def test_keys_are_listed_with_names_and_scopes(target: Target, capsys: Capture) -> None:
    key = _created(target, capsys, "back\x1bend")

    keys.list_all(target)

    head, line = capsys.readouterr().out.splitlines()
    assert head.split() == ["ID", "NAME", "SCOPES", "CREATED"]
    assert line.split()[:3] == [digest(key)[:12], r"back\x1bend", "read,send"]


def test_without_keys_the_list_says_so(target: Target, capsys: Capture) -> None:
    keys.list_all(target)

    assert capsys.readouterr().out == "No keys.\n"


def test_a_revoked_key_is_gone(target: Target, capsys: Capture) -> None:
    key = _created(target, capsys)

    keys.revoke(target, digest(key)[:12])

    assert DynamoApiKeys(target.dynamodb(), target.table).find(digest(key)) is None


def test_revoking_an_unknown_key_ends_with_a_sentence(target: Target) -> None:
    with pytest.raises(LocalError, match="keys list"):
        keys.revoke(target, "000000000000")
