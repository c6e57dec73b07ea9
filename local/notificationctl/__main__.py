"""The operators' command: API keys, templates and dead letters, here or of a stack on AWS."""

import sys
from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from local.errors import LocalError
from local.notificationctl import dead_letters, keys, letter_options, templates
from local.notificationctl.target import Target
from notificationd.domain.errors import Unavailable
from notificationd.domain.identity import Scope


def main() -> int:
    """Run a command; return 0, or 1 with one sentence on stderr. Wrong arguments exit with 2."""
    parser = _parser()
    arguments = parser.parse_args()
    if arguments.action == "redrive" and (fault := letter_options.fault(arguments)):
        parser.error(fault)
    try:
        _run(arguments)
    except LocalError as error:
        print(f"notificationctl: {error}", file=sys.stderr)
        return 1
    except (BotoCoreError, ClientError, Unavailable) as error:
        print(f"notificationctl: AWS did not do it: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _run(arguments: Namespace) -> None:
    target = Target(arguments.stack, arguments.region, arguments.profile)
    match (arguments.subject, arguments.action):
        case ("keys", "create"):
            keys.create(target, arguments.name, arguments.scopes)
        case ("keys", "list"):
            keys.list_all(target)
        case ("keys", "revoke"):
            keys.revoke(target, arguments.id)
        case ("templates", _):
            _run_with_templates(target, arguments)
        case (_, "list"):
            wanted = letter_options.wanted(arguments)
            dead_letters.list_all(target, wanted, arguments.limit, as_json=arguments.json)
        case (_, "show"):
            dead_letters.show(target, arguments.id)
        case (_, "redrive"):
            dead_letters.redrive(target, letter_options.wanted(arguments))
        case _:
            dead_letters.discard(target, frozenset(arguments.ids))


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


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="notificationctl",
        description="API keys, templates and dead letters. Works on the local run ('make run'), "
        "or with --stack on a stack on AWS.",
    )
    _add_stack_options(parser, default=None)
    after = ArgumentParser(add_help=False)  # the same options may come after the command too
    _add_stack_options(after, default=SUPPRESS)
    subjects = parser.add_subparsers(dest="subject", required=True)

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
    letter_options.add_actions(
        subjects.add_parser("dead-letters", help="notifications that could not be delivered"), after
    )
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
