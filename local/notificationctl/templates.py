"""`notificationctl templates list|show|put|delete`: what notifications can be made from.

The same use cases as behind `/templates`, and the same JSON.
"""

import json
import sys
from pathlib import Path
from typing import Any, Final

from local.errors import LocalError
from local.notificationctl.table import print_table
from local.notificationctl.target import Target
from notificationd.adapters.dynamodb.templates import DynamoTemplates
from notificationd.adapters.templating.language import Liquid
from notificationd.api.template_models import TemplateRequest
from notificationd.api.template_views import template_view
from notificationd.api.views import timestamp
from notificationd.domain.errors import InvalidRequest, NotFound
from notificationd.domain.ids import now_ms
from notificationd.domain.template_choice import parse_choice
from notificationd.domain.template_page import Summary
from notificationd.services.render import Render
from notificationd.services.templates import TemplateShelf

_PAGE: Final = 100
_HEAD: Final = ("NAME", "VERSION", "STORED", "CHANNELS", "DESCRIPTION")
_OUR_OWN: Final = ("name", "version", "created_at")
"""What `show` prints and a template does not have: what was shown can be changed and put."""


def list_all(target: Target) -> None:
    """Print the templates, by name."""
    shelf = _shelf(target)
    rows: list[tuple[str, ...]] = []
    after: str | None = None
    while True:
        page = shelf.page(_PAGE, after)
        rows += [_row(summary) for summary in page.summaries]
        after = page.last_seen
        if after is None:
            break
    print_table(_HEAD, rows, empty="No templates.")


def show(target: Target, choice: str) -> None:
    """Print a template as JSON.

    Args:
        target: the stack.
        choice: its name, or one version of it: `welcome@3`.

    Raises:
        LocalError: there is none.

    """
    parsed = parse_choice(choice)
    if parsed is None:
        raise LocalError(f"'{choice}' is not the name of a template.")
    try:
        version = _shelf(target).get(*parsed)
    except NotFound as error:
        raise LocalError(f"{choice}: {error}") from None
    print(json.dumps(template_view(version), indent=2, ensure_ascii=False))


def put(target: Target, name: str, path: Path) -> None:
    """Store a template from a file of JSON.

    Args:
        target: the stack.
        name: under which it is stored.
        path: the file; `-` is stdin.

    Raises:
        LocalError: the file can't be read, or the template has mistakes; it names each.

    """
    document = {key: each for key, each in _read(path).items() if key not in _OUR_OWN}
    try:
        stored = _shelf(target).put(name, TemplateRequest.parse(document).to_template())
    except InvalidRequest as error:
        lines = [f"  {field.field}: {field.detail}" for field in error.fields]
        raise LocalError("\n".join(["Not stored:", *lines])) from None
    version = stored.version.number
    print(
        f"Stored {name}@{version}." if stored.is_new else f"{name}@{version} is the same already."
    )


def delete(target: Target, name: str) -> None:
    """Take a template out of use.

    Raises:
        LocalError: there is none.

    """
    try:
        number = _shelf(target).delete(name)
    except NotFound as error:
        raise LocalError(f"{name}: {error}") from None
    print(f"Deleted {name}. Its versions up to {number} are back when it is stored again.")


def _read(path: Path) -> dict[str, Any]:
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text("utf-8")
        document = json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise LocalError(f"{path} can't be read as JSON: {error}") from None
    if not isinstance(document, dict):
        raise LocalError(f"{path} holds no JSON object.")
    return document


def _row(summary: Summary) -> tuple[str, ...]:
    channels = [f"{channel} ({', '.join(each)})" for channel, each in summary.locales.items()]
    return (
        summary.name,
        str(summary.number),
        timestamp(summary.updated_at),
        ", ".join(channels),
        summary.description or "",
    )


def _shelf(target: Target) -> TemplateShelf:
    templates, language = DynamoTemplates(target.dynamodb(), target.table), Liquid()
    render = Render(templates=templates, language=language)
    return TemplateShelf(templates=templates, language=language, render=render, clock=now_ms)
