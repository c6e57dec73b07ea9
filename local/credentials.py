"""The secrets of a local run: they stay the same from run to run, so that pasted lines do too."""

import json
import os
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from notificationd.services.authenticate import new_api_key


@dataclass(frozen=True, slots=True)
class Credentials:
    """What opens a local run.

    Attributes:
        api_key: has all scopes.
        token_secret: signs user tokens.

    """

    api_key: str
    token_secret: str

    @classmethod
    def of(cls, state: Path) -> Self:
        """Return those kept in a state folder; new ones where there are none."""
        path = state / "credentials.json"
        with suppress(FileNotFoundError, ValueError, TypeError):
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        made = cls(api_key=new_api_key(), token_secret=secrets.token_urlsafe(32))
        write_private(path, json.dumps(asdict(made), indent=2) + "\n")
        return made


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, at once or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)
