"""The sandbox's application: its routes in one table."""

from aiohttp import web

from local.sandbox import control, cors
from local.sandbox.provider_calls import MAX_BODY_BYTES, MAX_FIELDS, SANDBOX, Sandbox, provider_call


def make_app(sandbox: Sandbox | None = None) -> web.Application:
    """Build the application around `sandbox`, or around an empty one."""
    app = web.Application(
        middlewares=[cors.for_pages_of_this_machine, control.problems],
        client_max_size=MAX_BODY_BYTES,
        client_max_fields=MAX_FIELDS,
    )
    app[SANDBOX] = sandbox or Sandbox()
    app.add_routes(
        [
            web.get("/", control.page),
            web.get("/health", control.health),
            web.get("/messages", control.get_messages),
            web.delete("/messages", control.delete_messages),
            web.options("/messages", cors.preflight),
            web.get("/requests", control.get_requests),
            web.delete("/requests", control.delete_requests),
            web.get("/faults", control.get_faults),
            web.post("/faults", control.post_fault),
            web.delete("/faults", control.delete_faults),
            web.route("*", "/{provider:mailgun|twilio}/{path:.*}", provider_call),
        ]
    )
    return app


def make_runner(sandbox: Sandbox | None = None) -> web.AppRunner:
    """Build the server: it ends calls whose caller has left, and hardly waits on shutdown."""
    return web.AppRunner(
        make_app(sandbox),
        access_log=None,
        handler_cancellation=True,
        shutdown_timeout=0.1,  # seconds for a hanging call; aiohttp takes 0 as for ever
    )
