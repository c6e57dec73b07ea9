"""The arguments of `notificationctl dead-letters`."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import Final

from local.notificationctl.times import moment
from notificationd.domain.dead_letter import REASONS, Wanted
from notificationd.domain.notification import Channel

_LIMIT: Final = 100


def add_actions(parser: ArgumentParser, shared: ArgumentParser) -> None:
    """Declare the actions.

    Args:
        parser: of `dead-letters`.
        shared: the options that every action takes.

    """
    actions = parser.add_subparsers(dest="action", required=True)
    listing = actions.add_parser(
        "list", parents=[shared], help="list them with their reasons; none is removed"
    )
    _add_filter(listing)
    listing.add_argument(
        "--limit", type=_limit, default=_LIMIT, help="at most so many, 1 to 100 (%(default)s)"
    )
    listing.add_argument("--json", action="store_true", help="print JSON")
    listing.set_defaults(ids=[])

    show = actions.add_parser("show", parents=[shared], help="print one with its timeline, as JSON")
    show.add_argument("id", help="as 'dead-letters list' shows it")

    redrive = actions.add_parser("redrive", parents=[shared], help="send them again")
    redrive.add_argument("ids", nargs="*", metavar="ID", help="as 'dead-letters list' shows it")
    redrive.add_argument("--all", action="store_true", help="all there are")
    _add_filter(redrive)

    discard = actions.add_parser("discard", parents=[shared], help="delete them for good")
    discard.add_argument("ids", nargs="+", metavar="ID", help="as 'dead-letters list' shows it")


def wanted(arguments: Namespace) -> Wanted:
    """Return which dead letters the arguments mean."""
    return Wanted(
        ids=frozenset(arguments.ids),
        channel=arguments.channel,
        reason=arguments.reason,
        since=arguments.since,
        until=arguments.until,
    )


def fault(arguments: Namespace) -> str | None:
    """Return what is wrong with the arguments of a redrive: that all are meant has to be said."""
    if arguments.all and arguments.ids:
        return "name ids or say --all, not both"
    if not arguments.all and wanted(arguments) == Wanted():
        return "name ids or a filter, or say --all"
    return None


def _add_filter(parser: ArgumentParser) -> None:
    options = parser.add_argument_group("only those that fit")
    options.add_argument("--channel", type=Channel, choices=list(Channel), help="their channel")
    options.add_argument("--reason", choices=REASONS, metavar="REASON", help="why they are there")
    options.add_argument("--since", type=moment, metavar="TIME", help="failed at or after it")
    options.add_argument("--until", type=moment, metavar="TIME", help="failed before it")


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= _LIMIT):
        raise ArgumentTypeError(f"'{text}' is not a number from 1 to {_LIMIT}")
    return int(text)
