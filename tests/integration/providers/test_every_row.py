"""Every row of what an answer means, through requests and Twilio's own SDK, from the sandbox."""

import pytest
from requests import Session

from local.sandbox.client import SandboxClient
from notificationd.adapters.twilio import CODES
from notificationd.domain.errors import DeliveryError, Misconfigured, Permanent, Retryable
from tests.integration.providers.making import email, mailgun, sms, twilio

type Row = tuple[type[DeliveryError], bool | None]

ADDRESS: Row = (Permanent, True)
MESSAGE: Row = (Permanent, False)
ACCOUNT: Row = (Misconfigured, None)
MOMENT: Row = (Retryable, None)

UNKNOWN_CODE = 99_999
TWILIO: dict[tuple[int, int | None], Row] = {
    (401, 20003): ACCOUNT,
    (403, 20005): ACCOUNT,
    (429, 20429): MOMENT,
    (400, 21211): ADDRESS,
    (400, 21212): ACCOUNT,
    (400, 21214): ADDRESS,
    (400, 21217): ADDRESS,
    (400, 21602): MESSAGE,
    (400, 21603): ACCOUNT,
    (400, 21606): ACCOUNT,
    (400, 21610): ADDRESS,
    (400, 21612): ADDRESS,
    (400, 21614): ADDRESS,
    (400, 21617): MESSAGE,
    (400, 21660): ACCOUNT,
    (400, 30001): MOMENT,
    (400, 30002): ACCOUNT,
    (400, 30003): MOMENT,
    (400, 30004): MESSAGE,
    (400, 30005): ADDRESS,
    (400, 30006): ADDRESS,
    (400, 30007): MESSAGE,
    (400, 30008): MOMENT,
    # Its code counts more than its status, and an unknown one as much as none.
    (500, 21610): ADDRESS,
    (400, UNKNOWN_CODE): MESSAGE,
    (401, UNKNOWN_CODE): ACCOUNT,
    (403, UNKNOWN_CODE): ACCOUNT,
    (404, UNKNOWN_CODE): ACCOUNT,
    (429, UNKNOWN_CODE): MOMENT,
    (500, UNKNOWN_CODE): MOMENT,
    (503, UNKNOWN_CODE): MOMENT,
    (302, None): ACCOUNT,
    (400, None): MESSAGE,
    (401, None): ACCOUNT,
    (403, None): ACCOUNT,
    (404, None): ACCOUNT,
    (408, None): MESSAGE,
    (429, None): MOMENT,
    (500, None): MOMENT,
    (503, None): MOMENT,
}
MAILGUN: dict[int, Row] = {
    301: ACCOUNT,
    400: MESSAGE,
    401: ACCOUNT,
    402: ACCOUNT,
    403: ACCOUNT,
    404: ACCOUNT,
    406: MESSAGE,
    413: MESSAGE,
    429: MOMENT,
    500: MOMENT,
    502: MOMENT,
    503: MOMENT,
    504: MOMENT,
}


@pytest.mark.parametrize(("answer", "expected"), TWILIO.items(), ids=str)
def test_what_an_answer_of_twilio_s_means(
    sandbox: SandboxClient, session: Session, answer: tuple[int, int | None], expected: Row
) -> None:
    status, code = answer
    sandbox.fault("twilio", "refuse", status=status, code=code)

    with pytest.raises(DeliveryError) as caught:
        twilio(session, sandbox.twilio_url).send(sms())

    assert row(caught.value) == expected
    assert caught.value.code == str(code or status)
    assert len(sandbox.requests()) == 1
    assert sandbox.messages() == []


def test_every_code_of_twilio_s_that_we_know_is_tested() -> None:
    assert {code for _, code in TWILIO} - {None, UNKNOWN_CODE} == CODES.keys()


@pytest.mark.parametrize(("status", "expected"), MAILGUN.items(), ids=str)
def test_what_an_answer_of_mailgun_s_means(
    sandbox: SandboxClient, session: Session, status: int, expected: Row
) -> None:
    sandbox.fault("mailgun", "refuse", status=status)

    with pytest.raises(DeliveryError) as caught:
        mailgun(session, sandbox.mailgun_url).send(email())

    assert row(caught.value) == expected
    assert caught.value.code == str(status)
    assert len(sandbox.requests()) == 1
    assert sandbox.messages() == []


def row(error: DeliveryError) -> Row:
    return type(error), error.address_at_fault if isinstance(error, Permanent) else None
