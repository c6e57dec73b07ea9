"""The operators' command: how a stack does, and all that is looked after, here or on AWS."""

import os
import sys
from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from local.errors import LocalError
from local.notificationctl import (
    accounting,
    dead_letters,
    keys,
    letter_options,
    status,
    tail,
    templates,
    token_secret,
)
from local.notificationctl.target import Target
from local.notificationctl.times import moment, moment_or_ago
from notificationd.domain.errors import Misconfiguration, Unavailable
from notificationd.domain.identity import Scope
from notificationd.domain.ids import now_ms
from notificationd.domain.notification import Channel


def main() -> int:
    """Run a command; return 0, or 1 with one sentence on stderr. Wrong arguments exit with 2."""
    parser = _parser()
    arguments = parser.parse_args()
    if arguments.action == "redrive" and (fault := letter_options.fault(arguments)):
        parser.error(fault)
    try:
        _run(arguments)
    except (LocalError, Misconfiguration) as error:
        print(f"notificationctl: {error}", file=sys.stderr)
        return 1
    except (BotoCoreError, ClientError, Unavailable) as error:
        print(f"notificationctl: AWS did not do it: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever reads has seen enough; Python would complain as it exits
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _run(arguments: Namespace) -> None:
    target = Target(arguments.stack, arguments.region, arguments.profile)
    match arguments.subject:
        case "status":
            status.show(target, as_json=arguments.json)
        case "tail":
            since = now_ms() if arguments.since is None else arguments.since
            tail.follow(target, since, tail.Filter(arguments.channel, arguments.user))
        case "accounting":
            accounting.show(target, arguments.start, arguments.end, as_json=arguments.json)
        case "keys":
            _run_with_keys(target, arguments)
        case "token-secret":
            _change_token_secret(target, arguments)
        case "templates":
            _run_with_templates(target, arguments)
        case _:
            _run_with_dead_letters(target, arguments)


def _run_with_keys(target: Target, arguments: Namespace) -> None:
    match arguments.action:
        case "create":
            keys.create(target, arguments.name, arguments.scopes)
        case "list":
            keys.list_all(target)
        case _:
            keys.revoke(target, arguments.id)


def _run_with_templates(target: Target, arguments: Namespace) -> None:
    match arguments.action:
        case "list":
            templates.list_all(target)
        case "show":
            templates.show(target, arguments.choice)
        case "put":
            templates.put(target, arguments.name, arguments.file)
        case _:
            templates.delete(target, arguments.name)


def _run_with_dead_letters(target: Target, arguments: Namespace) -> None:
    match arguments.action:
        case "list":
            wanted = letter_options.wanted(arguments)
            dead_letters.list_all(target, wanted, arguments.limit, as_json=arguments.json)
        case "show":
            dead_letters.show(target, arguments.id)
        case "redrive":
            dead_letters.redrive(target, letter_options.wanted(arguments))
        case _:
            dead_letters.discard(target, frozenset(arguments.ids))


def _change_token_secret(target: Target, arguments: Namespace) -> None:
    match arguments.action:
        case "list":
            token_secret.list_all(target)
        case "add":
            token_secret.add(target)
        case "use":
            token_secret.use(target, arguments.id, now=arguments.now)
        case _:
            token_secret.drop(target, arguments.id, now=arguments.now)


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="notificationctl",
        description="How a stack does, its keys, secrets, templates, dead letters and books. Works "
        "on the local run ('make run'), or with --stack on a stack on AWS.",
    )
    _add_stack_options(parser, default=None)
    after = ArgumentParser(add_help=False)  # the same options may come after the command too
    _add_stack_options(after, default=SUPPRESS)
    subjects = parser.add_subparsers(dest="subject", required=True)

    overview = subjects.add_parser(
        "status", parents=[after], help="queues, dead letters, and what the last hour came to"
    )
    overview.add_argument("--json", action="store_true", help="print JSON")
    overview.set_defaults(action=None)

    following = subjects.add_parser(
        "tail", parents=[after], help="print what happens, line by line, until Ctrl-C"
    )
    following.add_argument(
        "--since",
        type=moment_or_ago,
        metavar="TIME",
        help="begin there: a time, or as long ago as 30s, 10m, 2h or 1d; now if left out",
    )
    following.add_argument("--channel", type=Channel, choices=list(Channel), help="only of it")
    following.add_argument("--user", metavar="ID", help="only what is about this user")
    following.set_defaults(action=None)

    actions = subjects.add_parser("keys", help="API keys").add_subparsers(
        dest="action", required=True
    )
    create = actions.add_parser("create", parents=[after], help="create a key and print it, once")
    create.add_argument("--name", required=True, help="what it is for")
    create.add_argument(
        "--scopes",
        required=True,
        type=_scopes,
        metavar="SCOPE[,SCOPE]",
        help=f"what it may do: {', '.join(Scope)}",
    )
    actions.add_parser("list", parents=[after], help="list the keys that are valid")
    revoke = actions.add_parser("revoke", parents=[after], help="delete a key")
    revoke.add_argument("id", help="as 'keys list' shows it")

    _add_template_actions(
        subjects.add_parser("templates", help="what notifications can be made from"), after
    )

    _add_token_secret(subjects.add_parser("token-secret", help="what signs user tokens"), after)
    letter_options.add_actions(
        subjects.add_parser("dead-letters", help="notifications that could not be delivered"), after
    )
    books = subjects.add_parser(
        "accounting",
        parents=[after],
        help="what became of all that was accepted, by hour and channel",
    )
    books.add_argument(
        "--from",
        dest="start",
        type=moment,
        metavar="TIME",
        help="its hour is the first (a day ago)",
    )
    books.add_argument(
        "--to", dest="end", type=moment, metavar="TIME", help="its hour is the last (now)"
    )
    books.add_argument("--json", action="store_true", help="print JSON")
    books.set_defaults(action=None)
    return parser


def _add_template_actions(parser: ArgumentParser, shared: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("list", parents=[shared], help="list them by name")
    show = actions.add_parser("show", parents=[shared], help="print one as JSON")
    show.add_argument(
        "choice", metavar="NAME[@VERSION]", help="the newest version, or a certain one"
    )
    put = actions.add_parser("put", parents=[shared], help="store one as its next version")
    put.add_argument("name", metavar="NAME", help="as notifications are sent by it")
    put.add_argument("file", metavar="FILE", type=Path, help="its JSON; - is stdin")
    delete = actions.add_parser("delete", parents=[shared], help="take one out of use")
    delete.add_argument("name", metavar="NAME", help="as 'templates list' shows it")


def _add_token_secret(parser: ArgumentParser, after: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("list", parents=[after], help="list the secrets without showing them")
    actions.add_parser("add", parents=[after], help="add a new one that verifies, and print it")
    for name, text in (("use", "let the new one sign"), ("drop", "forget the old one")):
        action = actions.add_parser(name, parents=[after], help=text)
        action.add_argument("id", help="as 'token-secret list' shows it")
        action.add_argument("--now", action="store_true", help="without waiting: it has leaked")


def _add_stack_options(parser: ArgumentParser, default: str | None) -> None:
    options = parser.add_argument_group("a stack on AWS")
    options.add_argument("--stack", default=default, help="its CloudFormation name")
    options.add_argument("--region", default=default, help="its region, if not the profile's")
    options.add_argument("--profile", default=default, help="the AWS profile to use")


def _scopes(text: str) -> list[str]:
    scopes = [scope.strip() for scope in text.split(",")]
    unknown = [scope for scope in scopes if scope not in list(Scope)]
    if unknown:
        raise ArgumentTypeError(f"'{unknown[0]}' is not one of {', '.join(Scope)}")
    return scopes


if __name__ == "__main__":
    sys.exit(main())
