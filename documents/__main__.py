"""Make the documentation from the code: `make docs`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from documents import asyncapi, openapi
from documents.page import page

ROOT: Final = Path(__file__).parent.parent
SERVED: Final = ROOT / "console/documentation"
READ: Final = ROOT / "docs"


def made() -> dict[Path, str]:
    """Return what the files of the documentation should hold."""
    described = openapi.document()
    documents = {
        "openapi.json": _json(described),
        "asyncapi.json": _json(asyncapi.document()),
    }
    style = (ROOT / "documents/docs.css").read_text("utf-8")
    return {
        **{READ / name: text for name, text in documents.items()},
        **{SERVED / name: text for name, text in documents.items()},
        SERVED / "docs.html": page(described),
        SERVED / "docs.css": style,
    }


def main() -> None:
    """Write the files that are not as they should be."""
    stale = {
        path: text
        for path, text in made().items()
        if not path.is_file() or path.read_text("utf-8") != text
    }
    SERVED.mkdir(exist_ok=True)
    for path, text in stale.items():
        path.write_text(text, "utf-8")
        print(path.relative_to(ROOT))


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main()
