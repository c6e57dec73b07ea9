"""Pages of templates and of their versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notificationd.domain.notification import Channel
    from notificationd.domain.template import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A template as it stands in a list: without its texts.

    Args:
        number: of its newest version.
        updated_at: when that was stored, in milliseconds since the epoch.
        locales: of each channel.
    """

    name: str
    number: int
    updated_at: int
    description: str | None
    default_locale: str
    locales: Mapping[Channel, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class TemplatePage:
    """Some templates, by name.

    Args:
        last_seen: where the next page starts, None when there is none.
    """

    summaries: tuple[Summary, ...]
    last_seen: str | None


@dataclass(frozen=True, slots=True)
class VersionPage:
    """Some of a template's versions, newest first.

    Args:
        last_seen: where the next page starts, None when there is none. A page may hold fewer
            than were asked for and still have a next one.
    """

    versions: tuple[Version, ...]
    last_seen: int | None


def summary_of(version: Version) -> Summary:
    """Return how a template stands in a list whose newest version this is."""
    template = version.template
    return Summary(
        name=version.name,
        number=version.number,
        updated_at=version.created_at,
        description=template.description,
        default_locale=template.default_locale,
        locales={channel: tuple(sorted(each)) for channel, each in template.bodies.items()},
    )
