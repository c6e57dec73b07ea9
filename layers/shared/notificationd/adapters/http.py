"""Calling providers over HTTP: one pool of connections, and what its failures prove.

A failure before the request was written proves that nothing was sent, so another try or another
provider is safe. Afterwards nobody knows.
"""

from __future__ import annotations

import math
import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import (
    ConnectTimeout,
    InvalidProxyURL,
    InvalidSchema,
    InvalidURL,
    MissingSchema,
    ProxyError,
    RequestException,
)
from urllib3.exceptions import LocationValueError, MaxRetryError, NewConnectionError, SSLError

from notificationd.domain.errors import DeliveryError, Misconfigured, OutcomeUnknown, Retryable

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT_SECONDS = (3.0, 10.0)
"""To connect, and between two bytes of the answer. Two providers fit into one invocation."""
CALL_ERRORS = (RequestException, LocationValueError)
"""What a call raises; some host names `requests` passes on to urllib3 without a look."""
POOL_SIZE = 10
"""As many connections as a batch has records."""


_WRONG_ADDRESS = (
    InvalidProxyURL,
    InvalidSchema,
    InvalidURL,
    LocationValueError,
    MissingSchema,
)


def new_session() -> requests.Session:
    """Return a session whose connections are shared by all threads of the process."""
    session = requests.Session()
    session.trust_env = False  # no proxy and no .netrc of the host's; it also saves a look-up
    adapter = HTTPAdapter(pool_maxsize=POOL_SIZE, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def transport_failure(error: RequestException | LocationValueError) -> DeliveryError:
    """Return what a request that got no answer means for the notification."""
    name = type(error).__name__
    if isinstance(error, _WRONG_ADDRESS):
        return Misconfigured(f"The provider's address is wrong ({name}).", code=name)
    if _never_left(error):
        return Retryable(f"The provider could not be reached ({name}).", code=name)
    return OutcomeUnknown(f"The provider did not answer ({name}).", code=name)


def _never_left(error: Exception) -> bool:
    if isinstance(error, ConnectTimeout | ProxyError):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else None
    return isinstance(reason, NewConnectionError) or _refused_certificate(reason)


def _refused_certificate(error: object) -> bool:
    """Tell whether TLS failed before anything was written; later it proves nothing."""
    cause = error.args[0] if isinstance(error, SSLError) and error.args else None
    return isinstance(cause, ssl.SSLCertVerificationError)


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Return the seconds that an answer asks to wait, None if it does not or is nonsense.

    Either a number of seconds or a date (RFC 9110, section 10.2.3).
    """
    value = headers.get("Retry-After", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value) - (now or datetime.now(UTC))).total_seconds()
        except (ValueError, TypeError, OverflowError):
            return None
    return seconds if math.isfinite(seconds) and seconds > 0 else None
