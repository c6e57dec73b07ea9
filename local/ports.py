"""TCP ports on loopback."""

import socket
from contextlib import ExitStack
from typing import Final

from local.errors import LocalError
from local.settings import HOST

_CONNECT_SECONDS: Final = 1.0


def require_free(port: int, variable: str) -> None:
    """Check that nothing listens on a port.

    Args:
        port: the port.
        variable: the environment variable that chooses it.

    Raises:
        LocalError: somebody does.

    """
    with socket.socket() as probe:
        probe.settimeout(_CONNECT_SECONDS)
        if probe.connect_ex((HOST, port)) == 0:
            raise LocalError(
                f"Port {port} is in use by another program: stop that one, or choose another "
                f"port with {variable}."
            )


def free_ports(count: int) -> list[int]:
    """Return ports that are free now: all different, since all are held until the last is found."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((HOST, 0))
        return [each.getsockname()[1] for each in sockets]
