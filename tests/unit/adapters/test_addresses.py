"""E-mail addresses and phone numbers: which are taken, and in what form they are kept."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notificationd.adapters.addresses import CheckedAddresses
from notificationd.domain.notification import Channel

ADDRESSES = CheckedAddresses()


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ("ada@example.com", "ada@example.com"),
        ("Ada.Lovelace@EXAMPLE.com", "Ada.Lovelace@example.com"),  # only the mailbox has a case
        ("ada+shop@example.com", "ada+shop@example.com"),
        ("o'brien@example.co.uk", "o'brien@example.co.uk"),
        ("a" * 64 + "@example.com", "a" * 64 + "@example.com"),
        ("ada@bücher.de", "ada@xn--bcher-kva.de"),
    ],
)
def test_an_e_mail_address_is_kept_as(given_: str, expected: str) -> None:
    assert ADDRESSES.normalise(Channel.EMAIL, given_) == expected


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "ada@",
        "@example.com",
        "ada@example",
        "ada@localhost",
        "ada@[127.0.0.1]",
        "ada@@example.com",
        "ada@-example.com",
        "ada@example..com",
        ".ada@example.com",
        "ada.@example.com",
        "a b@example.com",
        '"a b"@example.com',
        " ada@example.com",
        "ada@example.com ",
        "Ada <ada@example.com>",
        "ada@example.com,bob@example.com",
        "ada@example.com\n",
        "ada@example.com\r\nBcc: bob@example.com",
        "ada\x00@example.com",
        "\ud800@example.com",
        "ada@" + "a" * 64 + ".com",
        "a" * 65 + "@example.com",
    ],
)
def test_what_is_no_e_mail_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="is not an e-mail address"):
        ADDRESSES.normalise(Channel.EMAIL, address)


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ("+14155550123", "+14155550123"),
        ("+1 (415) 555-0123", "+14155550123"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("+39 02 3661 8300", "+390236618300"),  # Italy keeps the zero
        ("+49 1512 3456789", "+4915123456789"),
    ],
)
def test_a_phone_number_is_kept_in_e_164(given_: str, expected: str) -> None:
    assert ADDRESSES.normalise(Channel.SMS, given_) == expected


@pytest.mark.parametrize(
    "number",
    [
        "",
        "+",
        "hello",
        "4155550123",  # of which country?
        "0044 20 7946 0958",
        "+1415555",
        "+141555501234567",
        "+999123456789",  # no country has this code
        "+14155550123 / +14155550124",
        "+14155550123\nx",
        "\x00",
        "\ud800",
        "tel:+1-415-555-0123",
        "call me +14155550123",
        "+14155550123 ext 5",
        "+14155550123;ext=3",
        "+15550123",  # could be dialled within its area only
    ],
)
def test_what_is_no_phone_number_with_its_country_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match="is not a phone number with its country code"):
        ADDRESSES.normalise(Channel.SMS, number)


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.SMS])
@pytest.mark.parametrize("address", ["a" * 309 + "@example.com", "+" + "1" * 320])
def test_nothing_longer_than_any_address_is_looked_at(channel: Channel, address: str) -> None:
    with pytest.raises(ValueError, match="at most 320 characters"):
        ADDRESSES.normalise(channel, address)


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.SMS])
@settings(deadline=None)  # the first address loads a library
@given(address=st.text() | st.text("+0123456789 ()-@.abc"))
def test_an_address_in_its_kept_form_stays_as_it_is(channel: Channel, address: str) -> None:
    """Whatever comes in is an address or a ValueError, and normalising twice changes nothing."""
    try:
        kept = ADDRESSES.normalise(channel, address)
    except ValueError:
        return

    assert ADDRESSES.normalise(channel, kept) == kept
    assert "\n" not in kept
