"""Templates as callers see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notificationd.api.views import timestamp
from notificationd.domain.template import to_document

if TYPE_CHECKING:
    from notificationd.domain.template import Rendered, Version
    from notificationd.domain.template_page import Summary


def template_view(version: Version) -> dict[str, Any]:
    """Return a template's version in full."""
    return {
        "name": version.name,
        "version": version.number,
        "created_at": timestamp(version.created_at),
        **to_document(version.template),
    }


def summary_view(summary: Summary) -> dict[str, Any]:
    """Return a template, or one of its versions, as it stands in a list: without its texts."""
    return {
        "name": summary.name,
        "version": summary.number,
        "created_at": timestamp(summary.updated_at),
        "description": summary.description,
        "default_locale": summary.default_locale,
        "channels": {channel: list(each) for channel, each in summary.locales.items()},
    }


def preview_view(rendered: Rendered) -> dict[str, Any]:
    """Return what a notification would say."""
    return {
        "version": rendered.version,
        "locale": rendered.locale,
        "subject": rendered.subject,
        "content": rendered.content,
        "html": rendered.html,
    }
