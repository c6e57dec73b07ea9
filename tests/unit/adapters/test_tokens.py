"""User tokens: ours are taken, and nothing else is."""

import base64
import json
from typing import Any

import jwt
import pytest

from notificationd.adapters.tokens import LONGEST_SECONDS, JwtTokens
from notificationd.domain.errors import Misconfiguration, Unauthenticated
from notificationd.domain.identity import User

SECRET = "a secret of this test, long enough for every algorithm of this kind: 64 bytes"
NOW = 1_764_000_000  # seconds since the epoch
HOUR = 3600

TOKENS = JwtTokens(lambda: SECRET)


def token(secret: str = SECRET, algorithm: str = "HS256", **claims: Any) -> str:  # noqa: ANN401
    return jwt.encode({"sub": "4", "exp": NOW + HOUR} | claims, secret, algorithm=algorithm)


def unsigned(header: dict[str, str]) -> str:
    parts = [json.dumps(part).encode() for part in (header, {"sub": "4", "exp": NOW + HOUR})]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."


def verify(text: str, at: int = NOW) -> User:
    return TOKENS.verify(text, at * 1000)


def refused(text: str, at: int = NOW) -> str:
    with pytest.raises(Unauthenticated) as caught:
        verify(text, at)
    return str(caught.value)


def test_a_token_that_was_signed_here_opens_its_user_s_inbox() -> None:
    signed = TOKENS.sign("4", issued_at=NOW * 1000, expires_at=(NOW + HOUR) * 1000)

    assert verify(signed) == User("4", (NOW + HOUR) * 1000)


def test_a_token_is_a_plain_jwt_that_any_library_reads() -> None:
    signed = TOKENS.sign("4", issued_at=NOW * 1000 + 999, expires_at=(NOW + HOUR) * 1000)

    assert jwt.get_unverified_header(signed)["alg"] == "HS256"
    assert jwt.decode(signed, options={"verify_signature": False}) == {
        "sub": "4",
        "iat": NOW,
        "exp": NOW + HOUR,
    }


def test_a_backend_may_mint_its_own_without_the_time_of_issue() -> None:
    assert verify(token()) == User("4", (NOW + HOUR) * 1000)


def test_the_clock_that_counts_is_the_caller_s() -> None:
    """PyJWT's own would refuse this token as expired since 1970."""
    assert verify(token(exp=HOUR), at=0) == User("4", HOUR * 1000)


def test_the_secret_is_asked_for_at_the_first_use_only() -> None:
    def unavailable() -> str:
        raise AssertionError

    JwtTokens(unavailable)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(token(SECRET[::-1]), id="another secret"),
        pytest.param(token(algorithm="HS384"), id="HS384"),
        pytest.param(token(algorithm="HS512"), id="HS512"),
        pytest.param(unsigned({"alg": "none", "typ": "JWT"}), id="none"),
        pytest.param(token().rpartition(".")[0] + ".", id="no signature"),
        pytest.param(token()[:-4] + "AAAA", id="another signature"),
        pytest.param(jwt.encode({"exp": NOW + HOUR}, SECRET), id="no sub"),
        pytest.param(jwt.encode({"sub": "4"}, SECRET), id="no exp"),
        pytest.param(token(sub=4), id="sub is a number"),
        pytest.param(token(sub=None), id="sub is null"),
        pytest.param(token(sub=["4"]), id="sub is a list"),
        pytest.param(token(exp=None), id="exp is null"),
        pytest.param(token(exp="tomorrow"), id="exp is no number"),
        pytest.param(token(exp=[NOW + HOUR]), id="exp is a list"),
        pytest.param(token(exp=float("inf")), id="exp is infinite"),
        pytest.param(token(exp=float("nan")), id="exp is no number at all"),
        pytest.param(token(aud="another service"), id="for another service"),
        pytest.param("", id="empty"),
        pytest.param("x", id="no segments"),
        pytest.param("a.b.c", id="no base64"),
        pytest.param("é.é.é", id="no ascii"),
        pytest.param("\ud800", id="no utf-8"),
        pytest.param("\x00", id="a zero byte"),
        pytest.param("." * 10_000, id="dots"),
        pytest.param("[" * 200_000, id="long"),
    ],
)
def test_what_is_not_ours_is_refused_without_a_word_on_why(text: str) -> None:
    assert refused(text) == "This is not a valid user token."


@pytest.mark.parametrize("part", [0, 1])
def test_json_that_is_nested_without_end_is_no_token(part: int) -> None:
    deep = base64.urlsafe_b64encode(b"[" * 100_000).rstrip(b"=").decode()
    parts = token().split(".")
    parts[part] = deep

    assert refused(".".join(parts)) == "This is not a valid user token."


def test_claims_that_are_no_object_are_no_token() -> None:
    listed = jwt.api_jws.encode(json.dumps(["sub", "exp"]).encode(), SECRET)

    assert refused(listed) == "This is not a valid user token."


@pytest.mark.parametrize("at", [NOW + HOUR, NOW + 2 * HOUR])
def test_an_expired_token_is_refused_from_that_second_on(at: int) -> None:
    assert refused(token(), at) == "This user token has expired."


def test_a_token_is_good_until_the_second_before() -> None:
    assert verify(token(), NOW + HOUR - 1).key == "4"


def test_a_token_may_last_a_day_and_the_clocks_may_differ_a_little() -> None:
    assert verify(token(exp=NOW + LONGEST_SECONDS + 10)).key == "4"


def test_a_token_that_lasts_longer_is_refused() -> None:
    """A leaked one must end by itself."""
    assert "lasts longer than a day" in refused(token(exp=NOW + LONGEST_SECONDS + 11))


OTHER = "another secret of this test, which is long enough too: 64 bytes of it"


def rotating(*secrets: str) -> JwtTokens:
    return JwtTokens(lambda: "\n".join(secrets))


def test_the_first_of_two_secrets_signs_and_both_verify() -> None:
    both = rotating(OTHER, SECRET)

    signed = both.sign("4", issued_at=NOW * 1000, expires_at=(NOW + HOUR) * 1000)

    assert rotating(OTHER).verify(signed, NOW * 1000).key == "4"
    assert both.verify(signed, NOW * 1000).key == "4"
    assert both.verify(token(SECRET), NOW * 1000).key == "4"


def test_a_token_of_neither_secret_is_refused() -> None:
    with pytest.raises(Unauthenticated, match="not a valid user token"):
        rotating(OTHER, SECRET).verify(token(SECRET[::-1]), NOW * 1000)


def test_a_secret_that_is_gone_opens_nothing_any_more() -> None:
    with pytest.raises(Unauthenticated):
        rotating(OTHER).verify(token(SECRET), NOW * 1000)


def test_signatures_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A comparison that ends at the first difference would tell how far a guess is right."""
    compared: list[tuple[bytes, bytes]] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return one == other

    monkeypatch.setattr("hmac.compare_digest", compare)

    assert verify(token()).key == "4"
    assert len(compared) == 1


@pytest.mark.parametrize("stored", ["", " \n ", "short", f"{SECRET}\nshort", "é" * 15])
def test_a_secret_that_can_be_guessed_is_a_misconfiguration(stored: str) -> None:
    with pytest.raises(Misconfiguration, match="at least 32 bytes"):
        JwtTokens(lambda: stored).verify(token(), NOW * 1000)


def test_blank_lines_and_spaces_around_a_secret_do_not_count() -> None:
    signed = JwtTokens(lambda: f"\n  {SECRET} \r\n\n").verify(token(), NOW * 1000)

    assert signed.key == "4"
