"""The WebSocket API as an AsyncAPI 3.0 document.

https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

from __future__ import annotations

from typing import Any

from documents.frames import ASKED, TOLD
from documents.schemas import REFERENCE, schemas_of
from notificationd.version import VERSION

type Json = dict[str, Any]


def document() -> Json:
    """Return the document."""
    messages = {
        kind.__name__: {
            "name": kind.__name__,
            "summary": (kind.__doc__ or "").partition("\n")[0],
            "contentType": "application/json",
            "payload": {"$ref": REFERENCE.format(model=kind.__name__)},
        }
        for kind in (*ASKED, *TOLD)
    }

    def operation(action: str, summary: str, kinds: tuple[type, ...]) -> Json:
        return {
            "action": action,
            "summary": summary,
            "channel": {"$ref": "#/channels/inbox"},
            "messages": [{"$ref": f"#/channels/inbox/messages/{kind.__name__}"} for kind in kinds],
        }

    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "notificationd: the inbox over a WebSocket",
            "version": VERSION,
            "description": (
                "`POST /users/{id}/tokens` mints the token and tells the address. Frames are text,"
                " JSON objects; ignore types and fields that you do not know."
            ),
        },
        "channels": {
            "inbox": {
                "address": "/",
                "description": "A user's inbox. Sync after every connect: so nothing is missed.",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
                "bindings": {
                    "ws": {
                        "query": {
                            "type": "object",
                            "required": ["token"],
                            "properties": {
                                "token": {"type": "string", "description": "A user's token."}
                            },
                        }
                    }
                },
            }
        },
        "operations": {
            "ask": operation("receive", "What a client says", ASKED),
            "tell": operation("send", "What it is told", TOLD),
        },
        "components": {"messages": messages, "schemas": schemas_of(ASKED, TOLD)},
    }
