"""Let a caller send so many notifications in a while, and a user be sent so many on a channel."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notificationd.domain.errors import RateLimited
from notificationd.domain.limits import Bucket, Party
from notificationd.domain.notification import user_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Executor

    from notificationd.domain import ports
    from notificationd.domain.limits import Allowance, Limit
    from notificationd.domain.notification import Channel, Notification


@dataclass(frozen=True, slots=True)
class Clearance:
    """Which notifications may be sent.

    Args:
        refused: by id, those that may not.
        allowances: of the buckets that were asked; none where there are no limits.
    """

    refused: Mapping[str, RateLimited] = field(default_factory=dict)
    allowances: Sequence[Allowance] = ()


UNLIMITED = Clearance()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limiter:
    """Takes a token for each notification, out of its caller's bucket and its recipient's.

    Args:
        per_caller: None for no limit.
        per_recipient: by channel; those that are not named have none.
        pool: where the recipients' buckets are asked side by side.
        clock: returns milliseconds since the epoch.
    """

    buckets: ports.Buckets
    per_caller: Limit | None
    per_recipient: Mapping[Channel, Limit]
    pool: Executor
    clock: Callable[[], int]

    def __call__(self, caller: str, notifications: Sequence[Notification]) -> Clearance:
        """Say which of a request's notifications may be sent: the first ones, in each bucket.

        Args:
            caller: the API key's id.

        Raises:
            Unavailable: a bucket cannot be asked. A limit that lapses under load is none.
        """
        refused: dict[str, RateLimited] = {}
        allowances: list[Allowance] = []
        left = list(notifications)
        if self.per_caller is not None and left:
            bucket = Bucket(Party.CALLER, caller, self.per_caller)
            allowance = self.buckets.take(bucket, len(left), self.clock())
            allowances.append(allowance)
            refused |= {each.id: RateLimited(allowance) for each in left[allowance.taken :]}
            left = left[: allowance.taken]
        groups = self._by_recipient(left)
        for group, allowance in zip(
            groups.values(), self.pool.map(self._take, groups.items()), strict=True
        ):
            allowances.append(allowance)
            refused |= {each.id: RateLimited(allowance) for each in group[allowance.taken :]}
        return Clearance(refused, allowances)

    def _by_recipient(
        self, notifications: Sequence[Notification]
    ) -> dict[Bucket, list[Notification]]:
        groups: dict[Bucket, list[Notification]] = defaultdict(list)
        for each in notifications:
            limit = self.per_recipient.get(each.channel)
            if limit is not None:
                groups[Bucket(Party(each.channel), user_key(each.user_id), limit)].append(each)
        return groups

    def _take(self, group: tuple[Bucket, Sequence[Notification]]) -> Allowance:
        bucket, notifications = group
        return self.buckets.take(bucket, len(notifications), self.clock())
