"""`notificationctl token-secret list|add|use|drop`: another token secret, without downtime.

The stored value has a secret a line; the first one signs, all of them verify. Each step waits until
the one before it is known to every function and to every token: then no token is ever refused that
somebody could hold in good faith.
"""

import secrets
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from local.errors import LocalError
from local.notificationctl.table import print_table
from local.notificationctl.target import Target
from notificationd.adapters.secrets import KEEP_SECONDS
from notificationd.adapters.tokens import LONGEST_SECONDS, signing_secrets

_BYTES: Final = 48
_ID_CHARACTERS: Final = 12  # of its SHA-256: enough to tell secrets apart
KNOWN_AFTER: Final = timedelta(seconds=KEEP_SECONDS)
"""Every function has read what was stored: none keeps a secret for longer."""
EXPIRED_AFTER: Final = KNOWN_AFTER + timedelta(seconds=LONGEST_SECONDS)
"""The last token that the secret before could have signed has expired."""


def list_all(target: Target) -> None:
    """Print which secrets there are, without showing them, and since when it has been so."""
    stored = _read(target)
    signing, *others = stored.secrets
    rows = [(signing, "signs"), *((other, "verifies") for other in others)]
    print_table(("ID", "USE"), [(_id(secret), use) for secret, use in rows], empty="")
    print(f"Stored at {_moment(stored.at)}.")


def add(target: Target) -> None:
    """Add a new secret that verifies but does not sign yet, and print it.

    It is printed for backends that sign tokens of their own.

    Raises:
        LocalError: there are two already.

    """
    stored = _read(target)
    if len(stored.secrets) > 1:
        raise LocalError("There are two secrets already: go on with 'token-secret use' and 'drop'.")
    fresh = secrets.token_urlsafe(_BYTES)
    _write(target, [*stored.secrets, fresh])
    print(fresh)
    print(
        f"Added: it verifies. Go on with 'token-secret use {_id(fresh)}' in five minutes.",
        file=sys.stderr,
    )


def use(target: Target, secret_id: str, *, now: bool) -> None:
    """Let a secret sign; the others still verify.

    Args:
        target: the stack.
        secret_id: as `list_all` shows it.
        now: do not wait until every function knows it.

    Raises:
        LocalError: there is no such secret, or not every function knows it yet.

    """
    stored = _read(target)
    chosen = stored.find(secret_id)
    if not now:
        stored.require_age(KNOWN_AFTER, "a function may not know it yet")
    _write(target, [chosen, *(secret for secret in stored.secrets if secret != chosen)])
    print("It signs. Let backends that sign use it now, and drop the other one in a day.")


def drop(target: Target, secret_id: str, *, now: bool) -> None:
    """Forget a secret: what it has signed is refused, within six minutes.

    Args:
        target: the stack.
        secret_id: as `list_all` shows it.
        now: do not wait until what it has signed has expired; for a secret that has leaked.

    Raises:
        LocalError: there is no such secret, it is the one that signs, or tokens that it has
            signed may still be about.

    """
    stored = _read(target)
    dropped = stored.find(secret_id)
    if dropped == stored.secrets[0]:
        raise LocalError("This one signs: let another one sign first, with 'token-secret use'.")
    if not now:
        stored.require_age(EXPIRED_AFTER, "tokens that it has signed may still be used")
    _write(target, [secret for secret in stored.secrets if secret != dropped])
    print("Dropped: in six minutes at most, what it has signed is refused. Open sockets stay open.")


@dataclass(frozen=True, slots=True)
class _Stored:
    secrets: list[str]
    at: datetime

    def find(self, secret_id: str) -> str:
        for secret in self.secrets:
            if _id(secret) == secret_id:
                return secret
        raise LocalError(f"No secret has the id '{secret_id}': see 'token-secret list'.")

    def require_age(self, age: timedelta, why: str) -> None:
        left = self.at + age - datetime.now(UTC)
        if left > timedelta(0):
            until = _moment(self.at + age)
            raise LocalError(f"Not before {until}: {why}. If a secret has leaked, say --now.")


def _read(target: Target) -> _Stored:
    client = target.ssm()
    try:
        found = client.get_parameter(Name=target.token_secret, WithDecryption=True)["Parameter"]
    except client.exceptions.ParameterNotFound:
        raise LocalError(f"There is no parameter {target.token_secret}: see the README.") from None
    return _Stored([*signing_secrets(found["Value"])], found["LastModifiedDate"])


def _write(target: Target, lines: list[str]) -> None:
    target.ssm().put_parameter(
        Name=target.token_secret, Value="\n".join(lines), Type="SecureString", Overwrite=True
    )


def _id(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()[:_ID_CHARACTERS]


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
