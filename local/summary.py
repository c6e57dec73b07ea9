"""What a run tells when it is ready."""

from local.endpoints import Endpoints
from local.seed import USERS


def summary(found: Endpoints) -> str:
    """Return what to call, for someone at a terminal."""
    rows = (
        ("HTTP API", found.api_url),
        ("WebSocket API", f"{found.websocket_url}?token=<user token>"),
        ("Console", found.console_url),
        ("Mail and SMS", found.sandbox_url),
        ("API key", found.api_key),
        ("Demo users", " and ".join(USERS)),
    )
    table = "\n".join(f"  {name:<14}{value}" for name, value in rows)
    call = (
        f"  curl {found.api_url}/notifications "
        f"-H 'Authorization: Bearer {found.api_key}' -H 'Content-Type: application/json' "
        """-d '{"user_id": 4, "notification_type": "email", "content": "hello, world!"}'"""
    )
    shell = "  . .local/env        sets API_URL, WEBSOCKET_URL, SANDBOX_URL and API_KEY in a shell"
    return f"\nnotificationd is ready\n\n{table}\n\n{call}\n{shell}\n"
