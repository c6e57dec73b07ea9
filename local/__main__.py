"""The local run: `python -m local run|start|stop|status|listen`; make calls it."""

import sys
from argparse import ArgumentParser, Namespace

from local.errors import ERROR_PREFIX, LocalError
from local.settings import from_environment


def main() -> int:
    """Run a command and return its exit code: 0, 1 with one sentence on stderr, 130 on Ctrl-C."""
    arguments = _arguments()
    try:
        return _run(arguments)
    except LocalError as error:
        print(f"{ERROR_PREFIX}{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _run(arguments: Namespace) -> int:
    from local import background, listen, runner  # noqa: PLC0415 - a wrong option need not load boto3

    settings = from_environment()
    match arguments.command:
        case "run":
            runner.run(settings, arguments.ready)
        case "start":
            background.start(settings)
        case "stop":
            background.stop(settings)
        case "status":
            return 0 if background.status(settings) else 1
        case "listen":
            listen.listen(settings, arguments.user)
    return 0


def _arguments() -> Namespace:
    parser = ArgumentParser(prog="python -m local", description="The service on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run it in the foreground until Ctrl-C")
    run.add_argument("--ready", type=int, help="a file descriptor to tell when it is ready")
    commands.add_parser("start", help="run it in the background")
    commands.add_parser("stop", help="stop it")
    commands.add_parser("status", help="tell whether it runs, and what to call")
    listen = commands.add_parser("listen", help="print what is pushed to a user's browser")
    listen.add_argument("--user", default="4", help="the user's id (%(default)s)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
