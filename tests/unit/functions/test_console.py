"""`GET /`, the console's files, `/inbox.js` and `/client.js`, from event to answer."""

from __future__ import annotations

import base64
import gzip
import json
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from console import app
from notificationd.api.joining import joined, sources, without_documentation

if TYPE_CHECKING:
    from collections.abc import Iterator

CONSOLE = Path(app.__file__).parent
ENTRIES = (
    "client/client.js",
    "element/notification_inbox.js",
    "page/console.js",
    "page/console.css",
)
MODULES = ("GET /inbox.js", "GET /client.js")
IMPORT_OR_EXPORT = re.compile(r"^(?:import|export|@import)\b.*", re.MULTILINE)
DECLARED = re.compile(r"^(?:async )?(?:function\*?|class|const|let) (\w+)", re.MULTILINE)


@pytest.fixture(autouse=True)
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("WEBSOCKET_ENDPOINT", "https://sockets.example.com/live")
    app.files.cache_clear()
    yield
    app.files.cache_clear()


def get(route: str, file: str | None = None, **headers: str) -> dict[str, Any]:
    event: dict[str, Any] = {"routeKey": route, "headers": headers}
    if file is not None:
        event["pathParameters"] = {"file": file}
    return app.handler(event, None)


def get_file(name: str, **headers: str) -> dict[str, Any]:
    return get("GET /console/{file}", name, **headers)


def policy() -> dict[str, str]:
    """Return the page's Content-Security-Policy, by its directives."""
    text = get("GET /")["headers"]["Content-Security-Policy"]
    return dict(directive.strip().split(" ", 1) for directive in text.split(";"))


# --- the page


def test_the_root_is_the_page_and_lets_only_its_own_files_run() -> None:
    answer = get("GET /")

    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Type"] == "text/html; charset=utf-8"
    assert answer["body"].startswith("<!doctype html>")
    assert policy()["default-src"] == "'none'"
    assert policy()["script-src"] == policy()["style-src"] == "'self'"
    assert policy()["frame-ancestors"] == "'none'"
    assert policy()["require-trusted-types-for"] == "'script'"


def test_the_page_talks_to_the_service_alone() -> None:
    assert policy()["connect-src"] == "'self' wss://sockets.example.com"


def test_in_the_local_run_it_talks_to_the_sandbox_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVIRONMENT", "local")
    app.files.cache_clear()

    reachable = policy()["connect-src"].split(" ")

    assert reachable[2:] == ["http://127.0.0.1:*", "http://localhost:*"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("console.js", "text/javascript"), ("console.css", "text/css"), ("icon.svg", "image/svg+xml")],
)
def test_a_file_has_its_type(name: str, kind: str) -> None:
    answer = get_file(name)

    assert answer["headers"]["Content-Type"].startswith(kind)
    assert answer["headers"]["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "name", ["app.py", "../app.py", "", ".", "page", "nothing.js", "index.html", "session.js"]
)
def test_what_is_no_file_of_the_page_is_404(name: str) -> None:
    answer = get_file(name)

    assert answer["statusCode"] == 404
    assert json.loads(answer["body"])["code"] == "not_found"


def test_the_page_names_only_files_that_are_served() -> None:
    """And nothing of anybody else's."""
    html = get("GET /")["body"]
    named = set(re.findall(r'(?:src|href)="(?!#)([^"]+)"', html))

    assert named == {"inbox.js", *(f"console/{name}" for name in app.PAGE_FILES)}


# --- the modules


@pytest.mark.parametrize("route", MODULES)
def test_a_module_is_javascript_that_a_page_may_keep_for_a_while(route: str) -> None:
    answer = get(route)

    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["headers"]["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize("route", MODULES)
def test_a_module_knows_where_the_sockets_of_its_service_are(route: str) -> None:
    body = get(route)["body"]

    assert body.count('WEBSOCKET_URL = "wss://sockets.example.com/live"') == 1
    assert 'WEBSOCKET_URL = ""' not in body


@pytest.mark.parametrize("route", MODULES)
def test_a_module_is_one_file(route: str) -> None:
    found = IMPORT_OR_EXPORT.findall(get(route)["body"])

    assert {line.split(" ")[0] for line in found} == {"export"}


def test_the_client_exports_connect_and_the_element_its_class() -> None:
    exported = {route: IMPORT_OR_EXPORT.findall(get(route)["body"]) for route in MODULES}

    assert [line.split("(")[0] for line in exported["GET /client.js"]] == [
        "export function connect"
    ]
    assert [line.split(" ")[:3] for line in exported["GET /inbox.js"]] == [
        ["export", "class", "NotificationInbox"]
    ]


def test_answers_are_small() -> None:
    """Each visit to somebody's page fetches the inbox."""
    packed = get("GET /inbox.js", **{"accept-encoding": "gzip, br"})

    assert len(base64.b64decode(packed["body"])) < 24 * 1024


# --- what all files have in common


@pytest.mark.parametrize("route", [*MODULES, "GET /"])
def test_a_file_that_the_browser_has_is_not_sent_again(route: str) -> None:
    tag = get(route)["headers"]["ETag"]

    answer = get(route, **{"if-none-match": f'"x", {tag}'})

    assert answer["statusCode"] == 304
    assert "body" not in answer
    assert answer["headers"]["ETag"] == tag
    assert get(route, **{"if-none-match": 'W/"another"'})["statusCode"] == 200


@pytest.mark.parametrize("route", [*MODULES, "GET /"])
def test_a_file_is_packed_for_whoever_takes_that(route: str) -> None:
    plain, packed = get(route), get(route, **{"accept-encoding": "br, gzip"})

    assert "Content-Encoding" not in plain["headers"]
    assert packed["headers"]["Content-Encoding"] == "gzip"
    assert packed["headers"]["Vary"] == "Accept-Encoding, Origin"
    assert packed["isBase64Encoded"] is True
    assert gzip.decompress(base64.b64decode(packed["body"])).decode() == plain["body"]


# --- joining


@pytest.mark.parametrize("entry", ENTRIES)
def test_sources_are_written_so_that_they_can_be_joined(entry: str) -> None:
    """Every import is taken out, every export but the entry's, and no name is declared twice."""
    paths = sources(CONSOLE / entry)
    text = joined(CONSOLE / entry)
    names = DECLARED.findall(re.sub(r"^export ", "", text, flags=re.MULTILINE))

    assert len(paths) > 5
    assert len(IMPORT_OR_EXPORT.findall(text)) <= 1
    assert sorted(names) == sorted(set(names))
    assert [path for path in paths if CONSOLE not in path.parents] == []


def test_every_source_is_served_in_some_file() -> None:
    served = {path for entry in ENTRIES for path in sources(CONSOLE / entry)}
    there = {*CONSOLE.rglob("*.js"), *CONSOLE.rglob("*.css")}

    assert there - {CONSOLE / "documentation/docs.css"} == served


def test_types_of_other_modules_are_those_of_the_one_file() -> None:
    text = joined(CONSOLE / "client/client.js")

    assert "@typedef {Record<string, any>} Frame" in text
    assert 'import("' not in text
    for name in re.findall(r"@typedef \{(\w+)\} (?:\1)\n", text):
        pytest.fail(f"{name} is itself")


def test_documentation_is_not_sent_with_the_element_and_is_with_the_client() -> None:
    assert "@param" not in get("GET /inbox.js")["body"]
    assert "@param" in get("GET /client.js")["body"]


def test_a_type_in_front_of_an_expression_takes_nothing_with_it() -> None:
    """Only a comment on lines of its own is documentation, and it ends where it ends."""
    script = "/** @type {any} */ (x).y = 1;\nkept();\n/** Gone. */\nlast();\n"

    without = without_documentation(script)

    assert without == "/** @type {any} */ (x).y = 1;\nkept();\nlast();\n"


def test_a_file_stands_after_those_that_it_imports(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('import { b } from "./b.js";\nimport { c } from "./c.js";\na;\n')
    (tmp_path / "b.js").write_text(
        'import {\n  c,\n} from "./c.js";\n\nexport const b = 1;\nexport async function d() {}\n'
    )
    (tmp_path / "c.js").write_text('import { b } from "./b.js";\nexport class C {}\n')

    text = joined(tmp_path / "a.js")

    assert text == "class C {}\n\n\nconst b = 1;\nasync function d() {}\n\na;\n"


def test_nothing_can_put_markup_into_a_page() -> None:
    """The console's policy lets the browser refuse it, too; other people's pages may have none."""
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc|DOMParser"
        r"|setHTML|createContextualFragment|\beval\(|new Function|javascript:",
    )
    code = {
        path: re.sub(r"/\*.*?\*/|//.*", "", path.read_text(), flags=re.DOTALL)
        for path in CONSOLE.rglob("*.js")
    }

    assert [path.name for path, text in code.items() if forbidden.search(text)] == []


def test_the_health_says_which_version_answers_and_may_be_kept_for_a_moment() -> None:
    answer = get("GET /health")

    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8"))
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"]) == {"status": "ok", "version": project["project"]["version"]}
    assert answer["headers"]["Content-Type"] == "application/json"
    assert answer["headers"]["Cache-Control"] == "public, max-age=5"


# --- the documentation, and what no route takes


def refused(path: str) -> dict[str, Any]:
    event = {"routeKey": "$default", "rawPath": path, "headers": {}}
    answer: dict[str, Any] = app.handler(event, None)
    return answer


@pytest.mark.parametrize(
    ("route", "kind"),
    [
        ("GET /docs", "text/html; charset=utf-8"),
        ("GET /docs.css", "text/css; charset=utf-8"),
        ("GET /openapi.json", "application/json"),
        ("GET /asyncapi.json", "application/json"),
    ],
)
def test_the_documentation_is_served(route: str, kind: str) -> None:
    answer = get(route)

    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Type"] == kind


def test_nothing_runs_in_the_documentation() -> None:
    policy = get("GET /docs")["headers"]["Content-Security-Policy"]

    assert policy.startswith("default-src 'none'; style-src 'self'; ")


@pytest.mark.parametrize("path", ["/nowhere", "/users", "/users/4/inbox/5", "//", "/Notifications"])
def test_an_unknown_path_is_a_problem_like_any_other(path: str) -> None:
    answer = refused(path)

    assert answer["statusCode"] == 404
    assert answer["headers"]["Content-Type"] == "application/problem+json"
    assert json.loads(answer["body"])["code"] == "unknown_route"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/notifications", "POST"),
        ("/users/4", "GET, PUT"),
        ("/users/ä b/notifications/1", "GET, PATCH, DELETE"),
    ],
)
def test_a_known_path_names_its_methods(path: str, allowed: str) -> None:
    answer = refused(path)

    assert answer["statusCode"] == 405
    assert answer["headers"]["Allow"] == allowed
    assert json.loads(answer["body"])["code"] == "method_not_allowed"
