"""`/dead-letters`: what could not be delivered and why, and another round for it."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus

from notificationd.api.dead_letter_models import LettersQuery, RedriveRequest
from notificationd.api.http import HttpApi, Reply, Request
from notificationd.api.views import dead_letter_view
from notificationd.domain.identity import Scope
from notificationd.runtime import metrics, services
from notificationd.runtime.logs import log_error

handler = HttpApi(log_error, finish=metrics.write)


@handler.route("GET /dead-letters", Scope.ADMIN)
def list_dead_letters(request: Request) -> Reply:
    """Return some of the dead letters, with their reasons."""
    query = LettersQuery.parse(dict(request.query))
    listing = services.dead_letters().find(query.to_wanted(), query.limit)
    data = [dead_letter_view(finding) for finding in listing.findings]
    return Reply(HTTPStatus.OK, {"data": data, "more": listing.more})


@handler.route("POST /dead-letters/redrive", Scope.ADMIN)
def redrive(request: Request) -> Reply:
    """Send dead letters again."""
    wanted = RedriveRequest.parse(request.json()).to_wanted()
    report = services.dead_letters().redrive(wanted)
    skipped = [asdict(each) for each in report.skipped]
    answer = {"redriven": report.done, "skipped": skipped, "more": report.more}
    return Reply(HTTPStatus.OK, answer)
