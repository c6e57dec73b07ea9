"""`notificationctl token-secret`: from one secret to the next, and no token refused in between."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from local.errors import LocalError
from local.notificationctl import token_secret
from local.notificationctl.target import Target
from notificationd.adapters import secrets as kept_secrets
from notificationd.adapters.secrets import KEEP_SECONDS, Secrets
from notificationd.adapters.tokens import LONGEST_SECONDS, JwtTokens
from notificationd.domain.errors import Misconfiguration, Unauthenticated

type Capture = pytest.CaptureFixture[str]

OLD = "the secret of before, with at least 32 bytes in it"
HOUR = 3600


class Time:
    """What the command and the functions take for the time."""

    def __init__(self) -> None:
        self.seconds = 1_764_000_000.0

    @property
    def ms(self) -> int:
        return int(self.seconds * 1000)

    def monotonic(self) -> float:
        return self.seconds

    def now(self, zone: object) -> datetime:
        assert zone is UTC
        return datetime.fromtimestamp(self.seconds, UTC)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch, target: Target) -> Time:
    """Let time pass when it is told to, also for when a parameter was stored."""
    made = Time()
    monkeypatch.setattr(kept_secrets, "time", made)
    monkeypatch.setattr(token_secret, "datetime", made)
    put, get = target.ssm().put_parameter, target.ssm().get_parameter
    stored_at = [made.seconds]

    def put_parameter(**arguments: object) -> object:
        stored_at[0] = made.seconds
        return put(**arguments)  # type: ignore[arg-type]

    def get_parameter(**arguments: object) -> object:
        answer = get(**arguments)  # type: ignore[arg-type]
        answer["Parameter"]["LastModifiedDate"] = datetime.fromtimestamp(stored_at[0], UTC)
        return answer

    monkeypatch.setattr(target.ssm(), "put_parameter", put_parameter)
    monkeypatch.setattr(target.ssm(), "get_parameter", get_parameter)
    store(target, OLD)
    return made


def store(target: Target, value: str) -> None:
    target.ssm().put_parameter(
        Name=target.token_secret, Value=value, Type="SecureString", Overwrite=True
    )


def function(target: Target) -> JwtTokens:
    """Return a function that stays warm: it keeps a secret for as long as it may."""
    kept = Secrets(target.ssm(), "/notificationd")
    return JwtTokens(lambda: kept.get("token-secret"))


def ids(target: Target, capsys: Capture) -> list[tuple[str, str]]:
    capsys.readouterr()
    token_secret.list_all(target)
    lines = capsys.readouterr().out.splitlines()[1:-1]
    return [(line.split()[0], line.split()[1]) for line in lines]


def new_id(target: Target, capsys: Capture) -> str:
    return ids(target, capsys)[-1][0]


def test_a_rotation_refuses_no_token_whichever_function_signed_it_and_whichever_verifies_it(
    target: Target, time: Time, capsys: Capture
) -> None:
    """Each function has read the secrets at another moment; a token lasts for a day at most."""
    functions: list[JwtTokens] = []
    tokens: list[tuple[str, float]] = []

    def go_on(seconds: float) -> None:
        """Let time pass; every minute a function starts, and all sign and verify."""
        for _ in range(int(seconds // 60)):
            time.seconds += 60
            if len(functions) < KEEP_SECONDS // 60 + 1:
                functions.append(function(target))
            for each in functions:
                expires = time.seconds + LONGEST_SECONDS
                token = each.sign("4", issued_at=time.ms, expires_at=int(expires) * 1000)
                tokens.append((token, expires))
            del tokens[:-200:2]  # old and new ones stay
            for each in functions:
                for token, expires in tokens[:20] + tokens[-20:]:
                    if expires > time.seconds:
                        assert each.verify(token, time.ms).key == "4"

    go_on(10 * 60)
    token_secret.add(target)
    go_on(KEEP_SECONDS)
    token_secret.use(target, new_id(target, capsys), now=False)
    go_on(10 * 60)
    time.seconds += LONGEST_SECONDS
    go_on(10 * 60)
    token_secret.drop(target, new_id(target, capsys), now=False)
    go_on(10 * 60)

    assert len(ids(target, capsys)) == 1


def test_what_the_old_secret_has_signed_is_refused_once_it_is_dropped(
    target: Target, time: Time, capsys: Capture
) -> None:
    warm = function(target)
    old = warm.sign("4", issued_at=time.ms, expires_at=time.ms + HOUR * 1000)
    token_secret.add(target)
    token_secret.use(target, new_id(target, capsys), now=True)
    token_secret.drop(target, new_id(target, capsys), now=True)

    time.seconds += KEEP_SECONDS + 1

    with pytest.raises(Unauthenticated):
        warm.verify(old, time.ms)
    with pytest.raises(Unauthenticated):
        function(target).verify(old, time.ms)


def test_a_secret_signs_only_when_every_function_knows_it(
    target: Target, time: Time, capsys: Capture
) -> None:
    token_secret.add(target)
    new = new_id(target, capsys)
    time.seconds += KEEP_SECONDS - 1

    with pytest.raises(LocalError, match="a function may not know it yet"):
        token_secret.use(target, new, now=False)

    time.seconds += 2
    token_secret.use(target, new, now=False)
    assert ids(target, capsys)[0] == (new, "signs")


def test_a_secret_is_dropped_only_when_its_last_token_has_expired(
    target: Target, time: Time, capsys: Capture
) -> None:
    token_secret.add(target)
    token_secret.use(target, new_id(target, capsys), now=True)
    old = new_id(target, capsys)
    time.seconds += LONGEST_SECONDS + KEEP_SECONDS - 1

    with pytest.raises(LocalError, match="may still be used"):
        token_secret.drop(target, old, now=False)

    time.seconds += 2
    token_secret.drop(target, old, now=False)
    assert [use for _, use in ids(target, capsys)] == ["signs"]


@pytest.mark.usefixtures("time")
def test_the_one_that_signs_cannot_be_dropped(target: Target, capsys: Capture) -> None:
    token_secret.add(target)
    signing = ids(target, capsys)[0][0]

    with pytest.raises(LocalError, match="This one signs"):
        token_secret.drop(target, signing, now=True)


@pytest.mark.usefixtures("time")
def test_there_are_never_more_than_two(target: Target) -> None:
    token_secret.add(target)

    with pytest.raises(LocalError, match="two secrets already"):
        token_secret.add(target)


@pytest.mark.usefixtures("time")
def test_only_a_new_secret_is_shown_and_on_stdout_alone(target: Target, capsys: Capture) -> None:
    token_secret.add(target)
    shown = capsys.readouterr()
    stored = target.ssm().get_parameter(Name=target.token_secret, WithDecryption=True)

    assert stored["Parameter"]["Value"].splitlines() == [OLD, shown.out.strip()]
    assert shown.out.strip() not in shown.err
    token_secret.list_all(target)
    assert shown.out.strip() not in capsys.readouterr().out


@pytest.mark.usefixtures("time")
@pytest.mark.parametrize("change", [token_secret.use, token_secret.drop])
def test_a_secret_that_is_not_there_ends_with_a_sentence(
    target: Target, change: Callable[..., None]
) -> None:
    with pytest.raises(LocalError, match="token-secret list"):
        change(target, "000000000000", now=True)


def test_a_stack_without_a_secret_ends_with_a_sentence(target: Target) -> None:
    with pytest.raises(LocalError, match="see the README"):
        token_secret.list_all(target)


@pytest.mark.usefixtures("time")
def test_a_short_secret_is_not_rotated_but_named(target: Target) -> None:
    store(target, "short")

    with pytest.raises(Misconfiguration, match="at least 32 bytes"):
        token_secret.list_all(target)


@pytest.mark.usefixtures("time")
def test_the_secret_is_a_secure_string(target: Target) -> None:
    token_secret.add(target)

    found = target.ssm().get_parameter(Name=target.token_secret, WithDecryption=False)

    assert found["Parameter"]["Type"] == "SecureString"


def test_the_time_between_two_steps_is_what_the_functions_and_tokens_take() -> None:
    assert timedelta(seconds=KEEP_SECONDS) == token_secret.KNOWN_AFTER
    assert token_secret.KNOWN_AFTER + timedelta(days=1) <= token_secret.EXPIRED_AFTER


def test_a_parameter_that_cannot_be_read_is_an_error_of_aws(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetParameter")

    monkeypatch.setattr(target.ssm(), "get_parameter", refuse)

    with pytest.raises(ClientError):
        token_secret.list_all(target)
