"""Words of size and signs of currency, as Indian filings write them."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum

from backfin.errors import ParseError


class Scale(StrEnum):
    """The word of size an amount was written with."""

    UNIT = "unit"
    THOUSAND = "thousand"
    LAKH = "lakh"
    CRORE = "crore"
    MN = "mn"
    BN = "bn"
    TN = "tn"

    @property
    def factor(self) -> Decimal:
        """How many units one of it is.

        >>> Scale.LAKH.factor * 100 == Scale.CRORE.factor
        True
        """
        return _FACTORS[self]


_FACTORS = {
    Scale.UNIT: Decimal(1),
    Scale.THOUSAND: Decimal(10) ** 3,
    Scale.LAKH: Decimal(10) ** 5,
    Scale.MN: Decimal(10) ** 6,
    Scale.CRORE: Decimal(10) ** 7,
    Scale.BN: Decimal(10) ** 9,
    Scale.TN: Decimal(10) ** 12,
}

#: Full and short words of size. Single letters mean size only beside a currency: "10 L" may be litres.
SCALE_WORD = (
    r"(?i:(?P<lakh>lakhs?|lacs?|lakh's|लाख)|(?P<crore>crores?|crs?|करोड\u093c?|करो\u095c)"
    r"|(?P<mn>millions?|mill|mln|mn|mio)|(?P<bn>billions?|bln|bn)|(?P<tn>trillions?|tn)"
    r"|(?P<thousand>हज\u093c?ार|thousands?|'000s?|000'?s))"
)
#: "lakhs" as a bad scan spells it in the head of a table; nothing else stands there that begins and ends so.
SPOILT_LAKHS = r"\(\s?(?i:rs|inr|₹)\.?,?\s(?i:in)\s[lI1]a[a-z-]{2,5}s\s?\)"
SCALE_LETTER = r"(?:(?P<l>L)|(?P<k>[kK])|(?P<m>[mM])|(?P<b>[bB])|(?P<t>T))"

_WORDS = {scale.value: scale for scale in Scale}
_LETTERS = {"l": Scale.LAKH, "k": Scale.THOUSAND, "m": Scale.MN, "b": Scale.BN, "t": Scale.TN}

#: Codes of currencies that are written in capitals alone.
CODES = (
    *("AUD", "CAD", "SGD", "HKD", "CHF", "CNY", "RMB", "SAR", "QAR", "KWD", "OMR", "BHD", "LKR"),
    *("NPR", "BDT", "ZAR", "THB", "MYR", "IDR", "VND", "KES", "NGN", "TZS", "RUB", "SEK", "NOK"),
    *("DKK", "NZD", "KRW", "BRL", "MXN", "PLN", "EGP"),
)
#: Signs, abbreviations and names of currencies; group names are ISO 4217 codes.
CURRENCY = (
    r"(?P<INR>₹|रु(?:पये|पए|पया)?\.?|(?i:\b(?:rupees?|inr|rs|re)\b(?:\s?\.|,(?=\s?\d))?))"
    r"|(?P<AUD>A\$)|(?P<CAD>C\$)|(?P<SGD>S\$)|(?P<HKD>HK\$)"
    r"|(?P<USD>(?:\bU\.?S\.?\s?)?\$|(?i:\b(?:usd|us\s?dollars?|dollars?)\b\.?))"
    r"|(?P<EUR>€|(?i:\b(?:eur|euros?)\b))|(?P<GBP>£|(?i:\b(?:gbp|pounds? sterling)\b))"
    r"|(?P<JPY>¥|(?i:\b(?:jpy|yen)\b))|(?P<AED>(?i:\b(?:aed|dirhams?)\b))"
    rf"|(?P<OTHER>\b(?:{'|'.join(CODES)})\b)"
)
#: How a text in small letters ends that a sign of currency closes, and one that a word of size closes. Cheap to ask
#: before a pattern is tried; the rarer spellings are not looked for before a number.
CURRENCY_ENDS = (
    *("₹", "$", "€", "£", "¥", "रु", "रुपये", "रुपए", "rs", "re", "inr", "rupee", "rupees", "usd"),
    *("dollar", "dollars", "eur", "euro", "euros", "gbp", "sterling", "jpy", "yen", "aed"),
    *("dirham", "dirhams"),
    *map(str.lower, CODES),
)
SCALE_ENDS = (
    *("lakh", "lakhs", "lakh's", "lacs", "crore", "crores", "cr", "crs", "million", "millions"),
    *("mln", "mn", "billion", "billions", "bln", "bn", "trillion", "trillions", "tn", "thousand"),
    *("thousands", "000s", "000's"),
)

_HEADER_CURRENCY = re.compile(CURRENCY)
_HEADER_SCALE = re.compile(rf"(?<![A-Za-z]){SCALE_WORD}(?![A-Za-z])")
_UNIT_HEADER = re.compile(r"(?i)\b(?:units?|rupees|rs|inr|usd|actual|absolute)\b|₹|\$")


def scale_of(match: re.Match[str]) -> Scale:
    """The scale whose group matched; ``UNIT`` when none did."""
    if match.lastindex is None:
        return Scale.UNIT
    for name, text in match.groupdict().items():
        if text is None:
            continue
        if name in _LETTERS:
            return _LETTERS[name]
        if name in _WORDS:
            return _WORDS[name]
    return Scale.UNIT


def currency_of(match: re.Match[str]) -> str:
    """ISO 4217 code of a matched sign."""
    for name, text in match.groupdict().items():
        if text is not None and len(name) in (3, 5) and name.isupper():
            return {"RMB": "CNY"}.get(text, text) if name == "OTHER" else name
    return "INR"


def read_scale(text: str | Scale) -> tuple[Scale, str]:
    """Scale and currency that a table's head states.

    >>> read_scale("(₹ in lakhs except EPS)")
    (<Scale.LAKH: 'lakh'>, 'INR')
    >>> read_scale("USD million")
    (<Scale.MN: 'mn'>, 'USD')

    Raises:
        ParseError: No word of size in it.
    """
    if text in _WORDS:
        return _WORDS[text], "INR"
    sign = _HEADER_CURRENCY.search(text)
    currency = currency_of(sign) if sign else "INR"
    word = _HEADER_SCALE.search(text)
    if word:
        return scale_of(word), currency
    if _UNIT_HEADER.search(text):
        return Scale.UNIT, currency
    raise ParseError(f"{text!r} names no scale; use lakh, crore, mn, bn, thousand or unit.", text=text)
