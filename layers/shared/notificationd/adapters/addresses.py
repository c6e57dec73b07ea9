"""E-mail addresses and phone numbers, checked and brought into one form."""

from __future__ import annotations

import re

from notificationd.domain.notification import Channel

_LONGEST = 320
"""RFC 3696: 64 characters before the @, 255 after it. No parser sees anything longer."""
_PHONE = re.compile(r"\+[0-9 ().\-\u2010-\u2015\u00a0]+")


class CheckedAddresses:
    """Fulfils `domain.ports.Addresses`. The libraries are loaded by the first address."""

    def normalise(self, channel: Channel, address: str) -> str:
        """Return the address in the one form in which it is stored.

        Raises:
            ValueError: it is no address of the channel; the text says why.
        """
        if len(address) > _LONGEST:
            message = f"at most {_LONGEST} characters"
            raise ValueError(message)
        return _email(address) if channel is Channel.EMAIL else _phone(address)


def _email(address: str) -> str:
    from email_validator import EmailNotValidError, validate_email

    try:
        # Whether a mail server answers is found out by sending, not while a caller waits.
        checked = validate_email(address, check_deliverability=False, strict=True)
    except EmailNotValidError as error:
        message = "is not an e-mail address"
        raise ValueError(message) from error
    # A domain in other letters goes out in its ASCII form: not every provider knows the other.
    return checked.ascii_email or checked.normalized


def _phone(address: str) -> str:
    import phonenumbers

    message = "is not a phone number with its country code, like +14155550123"
    if not _PHONE.fullmatch(address):  # the library finds numbers in any text, and drops extensions
        raise ValueError(message)
    try:
        number = phonenumbers.parse(address, None)
    except phonenumbers.NumberParseException as error:
        raise ValueError(message) from error
    # Whether somebody has it, only the network knows; what is short for its area cannot be called.
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise ValueError(message)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
