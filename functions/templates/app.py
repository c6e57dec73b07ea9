"""`/templates`: what notifications can be made from."""

from __future__ import annotations

from http import HTTPStatus

from notificationd.api.http import HttpApi, Reply, Request
from notificationd.api.template_models import (
    LISTING,
    PreviewRequest,
    TemplateQuery,
    TemplateRequest,
    TemplatesQuery,
    VersionsQuery,
    versions_of,
)
from notificationd.api.template_views import preview_view, summary_view, template_view
from notificationd.domain.identity import Scope
from notificationd.domain.page import encode_key
from notificationd.domain.template_page import summary_of
from notificationd.runtime import services
from notificationd.runtime.logs import log_error

handler = HttpApi(log_error)


@handler.route("GET /templates", Scope.ADMIN)
def list_templates(request: Request) -> Reply:
    """Return some of the templates, by name."""
    query = TemplatesQuery.parse(dict(request.query))
    page = services.templates().page(query.limit, query.after())
    following = None if page.last_seen is None else encode_key(LISTING, page.last_seen)
    data = [summary_view(summary) for summary in page.summaries]
    return Reply(HTTPStatus.OK, {"data": data, "next": following})


@handler.route("PUT /templates/{name}", Scope.ADMIN)
def put_template(request: Request) -> Reply:
    """Store a template as its next version, unless it is the same as the current one."""
    template = TemplateRequest.parse(request.json()).to_template()
    stored = services.templates().put(request.path["name"], template)
    status = HTTPStatus.CREATED if stored.is_new else HTTPStatus.OK
    return Reply(status, template_view(stored.version))


@handler.route("GET /templates/{name}", Scope.ADMIN)
def get_template(request: Request) -> Reply:
    """Return a template, in the version that is named or else the newest."""
    number = TemplateQuery.parse(dict(request.query)).version
    version = services.templates().get(request.path["name"], number)
    return Reply(HTTPStatus.OK, template_view(version))


@handler.route("GET /templates/{name}/versions", Scope.ADMIN)
def list_versions(request: Request) -> Reply:
    """Return some of a template's versions, newest first."""
    name = request.path["name"]
    query = VersionsQuery.parse(dict(request.query))
    page = services.templates().versions(name, query.limit, query.before(name))
    listing = versions_of(name)
    following = None if page.last_seen is None else encode_key(listing, str(page.last_seen))
    data = [summary_view(summary_of(version)) for version in page.versions]
    return Reply(HTTPStatus.OK, {"data": data, "next": following})


@handler.route("DELETE /templates/{name}", Scope.ADMIN)
def delete_template(request: Request) -> Reply:
    """Take a template out of use. Its versions stay, for when it is stored again."""
    name = request.path["name"]
    number = services.templates().delete(name)
    return Reply(HTTPStatus.OK, {"message": "Template deleted", "name": name, "version": number})


@handler.route("POST /templates/{name}/preview", Scope.ADMIN)
def preview(request: Request) -> Reply:
    """Return what a notification would say, by the stored template or by one that is sent along."""
    asked = PreviewRequest.parse(request.json())
    choice = asked.to_choice(request.path["name"])
    template = None if asked.template is None else asked.template.to_template()
    rendered = services.templates().preview(choice, asked.notification_type, template)
    return Reply(HTTPStatus.OK, preview_view(rendered))
