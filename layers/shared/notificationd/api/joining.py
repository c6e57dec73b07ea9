"""Small source files as the one file that a page loads.

A function serves one request an instance at a time, so a page of twenty modules would need twenty
instances, cold at first; and whoever keeps a copy of a file wants one file. There is no bundler for
it: JavaScript modules and stylesheets are joined as text, each after those that it imports. That
takes modules in a plain form, which tests hold them to:

- an import stands at the start of a line and ends it: `import { a, b } from "./other.js";`,
  or `@import "./other.css";`,
- an export is the first word of a declaration,
- a comment in JSDoc stands on lines of its own,
- no two modules that are joined declare the same name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_IMPORT = re.compile(
    r'^(?:import \{[^}]*\} from|@import) "(?P<path>\.[^"]+)";\n', flags=re.MULTILINE
)
_IMPORTED_TYPE = re.compile(
    r"^ \* @typedef \{import\([^)]*\)\.(?P<name>\w+)\} (?P=name)\n", flags=re.MULTILINE
)
_TYPE_OF_ANOTHER = re.compile(r'import\("\.[^"]+"\)\.')
_DOCUMENTATION = re.compile(r"^[ \t]*/\*\*(?:(?!\*/).)*\*/\n", flags=re.MULTILINE | re.DOTALL)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const)\b)", flags=re.MULTILINE)


def joined(entry: Path) -> str:
    """Return a file with all that it imports in front of it; only its own exports remain.

    Types in JSDoc that are imported are those of the file itself, then.
    """
    *imported, last = sources(entry)
    texts = [_EXPORT.sub("", _text(path)) for path in imported]
    return "\n".join([*texts, _text(last)])


def without_documentation(script: str) -> str:
    """Return a script without its JSDoc comments: they are a third of what is sent."""
    return _DOCUMENTATION.sub("", script)


def sources(entry: Path) -> list[Path]:
    """Return a file and all that it imports, each after those that it imports itself."""
    found: dict[Path, None] = {}
    _collect(entry.resolve(), found, frozenset())
    return list(found)


def _collect(path: Path, found: dict[Path, None], importing: frozenset[Path]) -> None:
    if path in found or path in importing:
        return
    for match in _IMPORT.finditer(path.read_text("utf-8")):
        _collect((path.parent / match["path"]).resolve(), found, importing | {path})
    found[path] = None


def _text(path: Path) -> str:
    text = _IMPORT.sub("", path.read_text("utf-8"))
    return _TYPE_OF_ANOTHER.sub("", _IMPORTED_TYPE.sub("", text))
