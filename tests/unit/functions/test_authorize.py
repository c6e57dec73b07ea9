"""The authorizer of both APIs, from event to answer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import jwt
import pytest

from functions.authorize.app import handler
from notificationd.adapters.dynamodb.api_keys import DynamoApiKeys
from notificationd.api.callers import caller_of
from notificationd.domain.errors import Unauthenticated
from notificationd.domain.identity import ApiKey, Scope, User
from notificationd.runtime.logs import InvocationFailed
from notificationd.services.authenticate import digest, new_api_key
from tests.fakes import aws
from tests.unit.functions.conftest import TOKEN_SECRET

if TYPE_CHECKING:
    from tests.unit.functions.conftest import Account

ARN = "arn:aws:execute-api:us-east-1:000000000000:abc/live/$connect"


def http(header: str) -> dict[str, Any]:
    """Return what the functions behind are told about who sends this header."""
    answer = handler({"version": "2.0", "type": "REQUEST", "identitySource": [header]}, None)
    assert answer["isAuthorized"] is True
    return {"requestContext": {"authorizer": {"lambda": answer["context"]}}}


def websocket(token: str) -> dict[str, Any]:
    event = {"type": "REQUEST", "methodArn": ARN, "queryStringParameters": {"token": token}}
    return handler(event, None)


def effect(answer: dict[str, Any]) -> str:
    (statement,) = answer["policyDocument"]["Statement"]
    assert statement["Resource"] == ARN
    return str(statement["Effect"])


def new_token(**claims: object) -> str:
    values = {"sub": "4", "exp": int(time.time()) + 600, **claims}
    return jwt.encode(values, TOKEN_SECRET, algorithm="HS256")


def new_key(account: Account, *scopes: Scope) -> str:
    key = new_api_key()
    keys = DynamoApiKeys(account.dynamodb, aws.TABLE)
    keys.create(digest(key), "test", frozenset(scopes), 0)
    return key


def test_a_key_is_known_with_its_scopes(account: Account) -> None:
    key = new_key(account, Scope.SEND, Scope.READ)

    caller = caller_of(http(f"Bearer {key}"))

    assert caller == ApiKey(digest(key)[:12], frozenset({Scope.SEND, Scope.READ}))


def test_a_key_is_not_stored(account: Account) -> None:
    key = new_key(account, Scope.SEND)

    assert key not in str(account.items())
    assert digest(key) in str(account.items())


def test_a_revoked_key_is_not_known(account: Account) -> None:
    key = new_key(account, Scope.SEND)
    DynamoApiKeys(account.dynamodb, aws.TABLE).revoke(digest(key)[:12])

    with pytest.raises(Unauthenticated):
        caller_of(http(f"Bearer {key}"))


def test_keys_are_listed_without_their_secrets(account: Account) -> None:
    key = new_key(account, Scope.ADMIN)

    (entry,) = DynamoApiKeys(account.dynamodb, aws.TABLE).list()

    assert entry.id == digest(key)[:12]
    assert entry.name == "test"
    assert entry.scopes == {Scope.ADMIN}


@pytest.mark.usefixtures("account")
def test_a_user_token_is_its_users() -> None:
    caller = caller_of(http(f"bearer {new_token()}"))

    assert isinstance(caller, User)
    assert caller.key == "4"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer nobody",
        "Basic bmQ6bmQ=",
        f"Basic {new_token()}",
        new_token(),
        "Bearer nd_unknown",
        "Bearer nd_" + "x" * 5_000,
        "Bearer nd_é",
        "Bearer é",
        "Bearer " + jwt.encode({"sub": "4", "exp": 9e9}, "another secret of 32 bytes or more!!"),
        f"Bearer {new_token(exp=1)}",
        f"Bearer {new_token(sub='')}",
        f"Bearer {new_token(sub='4/notifications')}",
        f"Bearer {new_token(sub='x' * 129)}",
        f"Bearer {new_token(exp=int(time.time()) + 90_000)}",
    ],
)
@pytest.mark.usefixtures("account")
def test_whoever_is_nobody_is_refused_by_the_functions_behind(header: str) -> None:
    with pytest.raises(Unauthenticated):
        caller_of(http(header))


@pytest.mark.usefixtures("account")
def test_a_browser_with_a_token_may_connect() -> None:
    answer = websocket(new_token())

    assert effect(answer) == "Allow"
    assert answer["context"]["user"] == "4"


def test_a_browser_without_a_valid_token_may_not(account: Account) -> None:
    key = new_key(account, *Scope)

    for token in ("", "nobody", new_token(exp=1), key):
        assert effect(websocket(token)) == "Deny"


def test_a_key_is_rotated_by_a_second_one_that_works_before_the_first_is_revoked(
    account: Account,
) -> None:
    first = new_key(account, Scope.SEND)
    second = new_key(account, Scope.SEND)
    for key in (first, second):
        assert isinstance(caller_of(http(f"Bearer {key}")), ApiKey)

    DynamoApiKeys(account.dynamodb, aws.TABLE).revoke(digest(first)[:12])

    assert isinstance(caller_of(http(f"Bearer {second}")), ApiKey)
    with pytest.raises(Unauthenticated):
        caller_of(http(f"Bearer {first}"))


def test_a_key_is_looked_up_by_its_hash_and_never_compared(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How long a look-up takes says nothing of a key: a guess's hash is close to nobody's."""
    key = new_key(account, Scope.SEND)
    asked: list[str] = []
    find = DynamoApiKeys.find

    def recorded(keys: DynamoApiKeys, hashed: str) -> ApiKey | None:
        asked.append(hashed)
        return find(keys, hashed)

    monkeypatch.setattr(DynamoApiKeys, "find", recorded)

    caller_of(http(f"Bearer {key}"))

    assert asked == [digest(key)]


def test_a_refusal_says_the_same_whether_a_key_was_revoked_or_never_was(account: Account) -> None:
    key = new_key(account, Scope.SEND)
    DynamoApiKeys(account.dynamodb, aws.TABLE).revoke(digest(key)[:12])

    def refusal(credential: str) -> str:
        with pytest.raises(Unauthenticated) as refused:
            caller_of(http(f"Bearer {credential}"))
        return str(refused.value)

    assert refusal(key) == refusal("nd_nobody") == refusal("nd_" + "x" * 5_000)


def test_a_table_that_cannot_be_reached_lets_nobody_in(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It raises: API Gateway answers 500 and, unlike a refusal, does not remember it."""
    monkeypatch.setenv("TABLE_NAME", "gone")

    with pytest.raises(InvocationFailed):
        http("Bearer nd_something")
    assert account.items() == []
