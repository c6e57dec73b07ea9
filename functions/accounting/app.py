"""`GET /accounting`: what became of all that was accepted, by hour and channel."""

from __future__ import annotations

from http import HTTPStatus

from notificationd.api.accounting_models import AccountingQuery
from notificationd.api.accounting_views import statement_view
from notificationd.api.http import HttpApi, Reply, Request
from notificationd.domain.identity import Scope
from notificationd.runtime import services
from notificationd.runtime.logs import log_error

handler = HttpApi(log_error)


@handler.route("GET /accounting", Scope.ADMIN)
def get_accounting(request: Request) -> Reply:
    """Return the books of some hours."""
    query = AccountingQuery.parse(dict(request.query))
    statement = services.accounting()(query.start, query.end)
    return Reply(HTTPStatus.OK, statement_view(statement))
