"""How many SMS a text takes: 3GPP TS 23.038 (alphabet) and 23.040 (concatenation)."""

from math import ceil
from typing import Final

_GSM: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENSION: Final = frozenset("\f^{}\\[~]|€")  # two septets each

_GSM_SINGLE, _GSM_PART = 160, 153  # septets in one SMS, and in a part of a longer one
_UCS2_SINGLE, _UCS2_PART = 70, 67  # UTF-16 code units, the same


def segments(text: str) -> int:
    """Return the number of SMS for a text, at least 1."""
    if _GSM.union(_GSM_EXTENSION).issuperset(text):
        length = len(text) + sum(character in _GSM_EXTENSION for character in text)
        single, part = _GSM_SINGLE, _GSM_PART
    else:
        length = len(text.encode("utf-16-le", "surrogatepass")) // 2
        single, part = _UCS2_SINGLE, _UCS2_PART
    return 1 if length <= single else ceil(length / part)
