"""The documentation's page: the guide, every operation, every problem; and nothing but its style.

The texts are ours, and are escaped all the same: what is code in them is not the browser's.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt

from documents.operations import TAGS
from notificationd.api.problems import catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

type Json = dict[str, Any]

GUIDE = Path(__file__).parent / "guide.md"
MEANINGS = {
    "not_json": "The body is not JSON, has a name twice, or is not declared as JSON.",
    "no_notifications": "This user never had any notification. (A page without any is no error.)",
    "unauthenticated": "There are no credentials, or they are wrong or have ended. API Gateway says"
    " it with a `message` alone where there are none.",
    "forbidden": "The API key lacks the scope, or the token is another user's.",
    "not_found": "There is no such notification, user or template.",
    "unknown_route": "There is no such path.",
    "method_not_allowed": "The path is there, but not for this method. `Allow` names those it has.",
    "too_large": "The body has over 256 KB, or 1 MB for a batch.",
    "invalid_request": "Fields are wrong, and nothing was accepted. `errors` names each of them.",
    "idempotency_key_reused": "The key came with another request before.",
    "request_in_flight": "The first request with this key is under way. Make it again after"
    " `Retry-After` seconds.",
    "too_late": "It is sent, or may have been, so that it cannot be cancelled any more.",
    "rate_limited": "The API key has sent, or the user been sent, as much as is allowed."
    " `Retry-After` says when there is room again.",
    "unavailable": "Nothing was accepted. Make the request again after `Retry-After` seconds.",
    "internal_error": "Something went wrong on our side; it is logged. With an idempotency key the"
    " request can be made again.",
}
"""What to make of each kind of problem, by its code."""
_MARKDOWN = MarkdownIt("js-default")


def page(openapi: Json) -> str:
    """Return the page.

    Args:
        openapi: the document that it shows.
    """
    by_tag: dict[str, list[str]] = {tag: [] for tag in TAGS}
    operations = {
        f"{method.upper()} {path}": operation
        for path, item in openapi["paths"].items()
        for method, operation in item.items()
    }
    routes = {operation["operationId"]: route for route, operation in operations.items()}
    for route, operation in operations.items():
        by_tag[operation["tags"][0]].append(_operation(route, operation, routes))
    reference = "\n".join(
        f"<h3>{escape(tag)}</h3>\n" + "\n".join(each) for tag, each in by_tag.items()
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>notificationd: documentation</title>
<link rel="stylesheet" href="docs.css">
</head>
<body>
<nav aria-label="Parts">
<a href="#guide">Getting started</a>
<a href="#reference">Operations</a>
<a href="#problems">Problems</a>
<a href="openapi.json">OpenAPI</a>
<a href="asyncapi.json">AsyncAPI</a>
<a href="./">Console</a>
</nav>
<main>
<section id="guide">
{_MARKDOWN.render(GUIDE.read_text("utf-8"))}</section>
<section id="reference">
<h2>Operations</h2>
{reference}
</section>
<section id="problems">
<h2>Problems</h2>
<p>Errors are problem details (RFC 9457). Their <code>type</code> leads here.</p>
{_problems()}
</section>
</main>
</body>
</html>
"""


def _operation(route: str, operation: Json, routes: Mapping[str, str]) -> str:
    name = operation["operationId"]
    method, path = route.split(" ")
    summary = (
        f"<summary><b>{method}</b> <code>{escape(path)}</code>"
        f" <span>{escape(operation['summary'])}</span></summary>"
    )
    parts = [
        f'<details id="{name}">',
        summary,
        f"<p>{_text(operation['description'])}</p>",
    ]
    if parameters := operation.get("parameters"):
        rows = [
            (each["name"], each["in"], each.get("description", ""), each["schema"])
            for each in parameters
        ]
        parts.append(_table(("Parameter", "In", ""), [row[:3] for row in rows]))
    if body := operation.get("requestBody"):
        content = body["content"]["application/json"]
        for title, example in content["examples"].items():
            parts += [f"<h4>Body: {escape(title)}</h4>", _code(example["value"])]
    for status, answer in operation["responses"].items():
        parts.append(f"<h4>{status}</h4><p>{_text(answer['description'])}</p>")
        shown = answer["content"].get("application/json", {})
        if status.startswith("2"):
            parts.append(_code(shown["example"]))
            if links := answer.get("links"):
                parts.append(
                    f"<p>Then: {', '.join(_link(each, routes[each]) for each in links)}.</p>"
                )
    return "\n".join([*parts, "</details>"])


def _link(operation_id: str, route: str) -> str:
    return f'<a href="#{operation_id}"><code>{escape(route)}</code></a>'


def _problems() -> str:
    return "\n".join(
        f"""<article id="{kind.code}">
<h3><code>{kind.code}</code> <small>{int(kind.status)}</small></h3>
<p><b>{escape(kind.title)}.</b> {_text(MEANINGS[kind.code])}</p>
</article>"""
        for kind in catalogue()
    )


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    cells = "".join(f"<th>{escape(each)}</th>" for each in head)
    lines = [
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(where)}</td><td>{_text(text)}</td></tr>"
        for name, where, text in rows
    ]
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _text(text: str) -> str:
    return str(_MARKDOWN.renderInline(text))


def _code(value: object) -> str:
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return f'<pre tabindex="0"><code>{escape(text)}</code></pre>'
