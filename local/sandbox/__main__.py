"""Run the provider sandbox: `python -m local.sandbox [--host 127.0.0.1] [--port 8025]`.

It prints its address when it is ready, and ends on SIGINT or SIGTERM.
"""

import asyncio
import errno
import signal
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import Final

from aiohttp import web

from local.sandbox.app import make_runner

_MAX_PORT: Final = 65_535


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) > _MAX_PORT:
        message = f"{text!r} is not a port from 0 to {_MAX_PORT}"
        raise ArgumentTypeError(message)
    return int(text)


def _arguments() -> Namespace:
    parser = ArgumentParser(
        prog="python -m local.sandbox",
        description="Plays Mailgun and Twilio on this machine, captures what they are sent and "
        "fails on demand.",
    )
    # It has no access control of its own, so it is open to this machine only.
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument(
        "--port",
        type=_port,
        default=8025,
        help="port to listen on, 0 for any free one (%(default)s)",
    )
    return parser.parse_args()


async def _serve(host: str, port: int) -> None:
    """Serve until a signal asks to end. Raises OSError when the address can't be taken."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    runner = make_runner()
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        bound = runner.addresses[0][1]
        shown = f"[{host}]" if ":" in host else host
        sys.stdout.write(f"Provider sandbox ready at http://{shown}:{bound}\n")
        sys.stdout.flush()
        await stop.wait()
    finally:
        await runner.cleanup()


def _reason(host: str, port: int, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return (
                f"Port {port} is already in use: stop what is listening there, or give another "
                "one with --port."
            )
        case errno.EACCES:
            return f"Port {port} is not open to this user: give one above 1023 with --port."
        case _:  # an unknown name, or an address of another machine
            return f"Can't listen on {host}: give an address of this machine with --host."


def main() -> int:
    """Run the sandbox; return 1, with one sentence on stderr, when its address can't be taken."""
    arguments = _arguments()
    try:
        asyncio.run(_serve(arguments.host, arguments.port))
    except OSError as error:
        sys.stderr.write(f"{_reason(arguments.host, arguments.port, error)}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
