"""E-mail addresses and phone numbers, checked and brought into one form."""

from __future__ import annotations

from notificationd.domain.notification import Channel

_LONGEST = 320
"""RFC 3696: 64 characters before the @, 255 after it. No parser sees anything longer."""


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
        checked = validate_email(address, check_deliverability=False)
    except EmailNotValidError as error:
        message = "is not an e-mail address"
        raise ValueError(message) from error
    return checked.normalized


def _phone(address: str) -> str:
    import phonenumbers

    message = "is not a phone number with its country code, like +14155550123"
    try:
        number = phonenumbers.parse(address, None)
    except phonenumbers.NumberParseException as error:
        raise ValueError(message) from error
    if not phonenumbers.is_possible_number(number):
        raise ValueError(message)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
