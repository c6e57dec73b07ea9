"""What the sandbox accepts. None of these opens anything outside this machine.

They are constants, so that the local deploy, the tests and the sandbox agree without a file
between them.
"""

from typing import Final

MAILGUN_API_KEY: Final = "sandbox-mailgun-key"
MAILGUN_DOMAIN: Final = "sandbox.notificationd.test"

TWILIO_ACCOUNT_SID: Final = "AC" + "5a4db0c5" * 4
TWILIO_AUTH_TOKEN: Final = "sandbox-twilio-token"  # noqa: S105 - opens only this sandbox
TWILIO_FROM: Final = "+15005550006"
"""The one number of the account; Twilio's own test credentials accept it as a sender too."""
