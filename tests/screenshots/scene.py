"""What the pictures show: a shop's customer, and what the shop has told her in the last days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notificationd.adapters.dynamodb.notifications import DynamoNotifications
from notificationd.domain.ids import now_ms, uuid7
from notificationd.domain.notification import Channel, Notification
from notificationd.domain.record import Status, accepted
from tests.e2e.service import Someone

if TYPE_CHECKING:
    from tests.e2e.service import Service

ADA = Someone("ada", "ada@example.com", "+14155550123")
MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
# How long ago, what it is called, what it says, whether it has been read.
INBOX = (
    (4 * DAY, "Welcome to Fernweh", "Your first order ships free. Have a look around.", True),
    (2 * DAY, "Back in stock", "The olive rain jacket is here again, in your size.", True),
    (26 * HOUR, "Order 1042 confirmed", "Two items, to be with you on Thursday.", True),
    (5 * HOUR, "A question about your review", "Mara asks: does the tent stand in wind?", False),
    (38 * MINUTE, "Order 1042 has been packed", "It leaves our warehouse this evening.", False),
    (2 * MINUTE, "Your parcel is on its way", "Follow it from here to your door.", False),
)
STORE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Fernweh</title>
<style>
  body { margin: 0; font: 1rem/1.5 Inter, system-ui, sans-serif;
    color: light-dark(#1d2420, #e6ece8);
    background: light-dark(#f3f5f2, #111512); }
  header { display: flex; align-items: center; gap: 1.5rem; padding: 0.75rem 1.5rem;
    background: light-dark(#fff, #181d19); border-bottom: 1px solid light-dark(#e0e5df, #272e29); }
  header strong { font-size: 1.125rem; letter-spacing: -0.01em; margin-inline-end: auto; }
  nav { display: flex; gap: 1.5rem; color: light-dark(#56605a, #a7b2ab); font-size: 0.9375rem; }
  main { max-width: 66rem; margin: 2rem auto; padding: 0 1.5rem; }
  h1 { font-size: 1.75rem; letter-spacing: -0.02em; margin: 0 0 1.25rem; }
  .goods { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); }
  .goods div { aspect-ratio: 4 / 5; border-radius: 0.75rem;
    background: light-dark(#dfe5de, #1f2621); }
  .goods div:nth-child(3n) { background: light-dark(#e9e2d6, #2a251d); }
  .goods div:nth-child(3n + 2) { background: light-dark(#d6e0e4, #1b2529); }
  @media (max-width: 40rem) { nav { display: none; } }
</style>
<header>
  <strong>Fernweh</strong>
  <nav><span>Jackets</span><span>Tents</span><span>Journal</span></nav>
  <notification-inbox user="USER_ID" token="USER_TOKEN"></notification-inbox>
</header>
<main>
  <h1>For the wet season</h1>
  <div class="goods">
    <div></div><div></div><div></div><div></div><div></div><div></div><div></div><div></div>
  </div>
</main>
<script type="module" src="API_URL/inbox.js"></script>
</html>
"""


def set_scene(service: Service) -> str:
    """Let there be notifications; return the id of the one with the longest timeline."""
    service.put(f"/users/{ADA.id}", {"email": ADA.email, "phone": ADA.phone})
    _fill_inbox(service)
    service.sandbox.fault("mailgun", "500", times=1, to=ADA.email)
    receipt = service.send(
        ADA, "email", "Hello Ada, here is your receipt.", subject="Your receipt for order 1042"
    )
    service.settled(ADA, receipt)
    service.sandbox.fault("twilio", "bad_address", times=1, to=ADA.phone)
    refused = service.send(ADA, "sms", "Your parcel arrives today.")
    service.settled(ADA, refused)
    code = service.send(ADA, "sms", "Your code is 482 913. It is good for five minutes.")
    service.settled(ADA, code)
    service.send(
        ADA, "email", "Three days of it.", subject="The winter sale", send_at="2027-01-02T09:00:00Z"
    )
    return receipt


def _fill_inbox(service: Service) -> None:
    """Put there what was sent days ago, which no caller can send now."""
    table = DynamoNotifications(service.dynamodb, service.outputs["TableName"])
    now = now_ms()
    for ago, subject, content, _ in INBOX:
        at = now - ago
        notification = Notification(
            id=uuid7(at),
            user_id=ADA.id,
            channel=Channel.IN_APP,
            subject=subject,
            content=content,
            created_at=at,
        )
        table.create(accepted(notification, Status.SENT))
    for each, (*_, is_read) in zip(service.everything(ADA), reversed(INBOX), strict=True):
        if is_read:
            service.mark(ADA, each["id"], read=True)
