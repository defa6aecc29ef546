"""Reads one number of a text together with a few characters before and after it: sign, currency, size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from backfin.models.money_scale import (
    CODES,
    CURRENCY,
    CURRENCY_ENDS,
    SCALE_ENDS,
    SCALE_LETTER,
    SCALE_WORD,
    Scale,
    currency_of,
    scale_of,
)


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount and where it stands: ``text[start:end]``. ``number`` is as written, before its scale."""

    start: int
    end: int
    number: Decimal
    scale: Scale
    currency: str | None
    approx: bool = False
    factor: Decimal = Decimal(1)

    @property
    def units(self) -> Decimal:
        """The amount in whole units of its currency."""
        return self.number * self.factor


#: Nobody has so much of any currency: digits run together, or made up, are no amount.
MOST = Decimal(10) ** 26

_BEFORE = 20
_AFTER = 40
_LONGEST = 40

#: What ends a sign of currency besides a letter: Devanagari vowel signs are none.
_SYMBOLS = frozenset("₹$€£¥'\u0941\u0947")
_BLANKS = " \t\n\r\x0b\x0c\xa0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000"
#: A number, also one that a line's end or blanks broke up where its grouping proves that it is one. The first digit
#: stands before the choice, so that the engine passes from digit to digit.
_NUMBER = re.compile(
    r"\d(?:\d?(?:, \d\d){1,5}, \d{3}(?![\d,])(?:\.\d+)?|\d?(?: \d\d){1,5} \d{3}(?![\d,])(?:\.\d+)?"
    r"|\d?(?:,\d\d){1,5},\s{1,2}\d{3}(?![\d,])(?:\.\d+)?|\d*(?:,\d+)*(?:\.\d+)?(?P<whole>))"
)
_UNBROKEN = re.compile(r"\d+(?:,\d+)*(?:\.\d+)?")
_BROKEN = re.compile(r"\s")
_INDIAN = re.compile(r"\d{1,3}(?:,\d\d)*,\d{3}")
_WESTERN = re.compile(r"\d{1,3}(?:,\d{3})+")
_PREFIX = re.compile(rf"(?P<around>\(\s?)?(?:{CURRENCY})[\s.:]{{0,4}}(?P<open>\(\s?)?(?P<minus>[-−])?$")
#: So many characters at the end of a text hold the next, and a line's end behind it.
_BARE_CHARS = 4
_BARE_PREFIX = re.compile(r"(?P<open>\(\s?)?(?P<minus>(?<![\w)])[-−])?$")
_SUFFIX = re.compile(
    rf"(?P<close>\s?\))?(?P<plus>\s?\+(?=\s?[A-Za-z]))?(?P<units>\s{{0,2}}/\s?[-=])?"
    rf"(?:\s{{0,3}}(?P<multiple>(?i:lakhs?|lacs?|thousand)(?=\s{{1,3}}(?i:crores?|cr\b)))?"
    rf"\s{{0,3}}(?:(?:\(\s?(?:in\s)?)?{SCALE_WORD}(?![A-Za-z])|{SCALE_LETTER}(?![\w%])))?(?P<dot>\.(?=\s?[/()]))?(?P<late>\s?/-)?"
)
#: A scale told right before the number: "(Rs. in crore) 113.76".
_HEAD = re.compile(rf"(?:{CURRENCY})[\s.]{{0,2}}(?:in\s)?{SCALE_WORD}\.?\s?\)?[\s:–-]{{1,4}}$")
_TRAILING_CURRENCY = re.compile(rf"[\s.]{{1,3}}(?:{CURRENCY})(?![\s.:]{{0,4}}[(\d-])")
_SIGN = re.compile(r"\s?(?P<sign>(?i:cr|dr))\.?(?![A-Za-z])")
#: How a text ends that gives the number behind it a currency or a size, or makes it the end of a range.
_LEADS = (*CURRENCY_ENDS, *SCALE_ENDS, "to", "and")
_DASHES = frozenset("-−–—")
#: How a word of size, of currency or between the ends of a range begins.
_FOLLOWERS = frozenset(
    {
        *(
            "la",
            "cr",
            "mi",
            "ml",
            "mn",
            "bi",
            "bl",
            "bn",
            "tr",
            "tn",
            "th",
            "to",
            "an",
            "ru",
            "in",
            "rs",
            "re",
        ),
        *("us", "do", "eu", "gb", "po", "jp", "ye", "ae", "di", *(code[:2].lower() for code in CODES)),
    }
)
#: Between digits, these make a date, a time, a code or a number of another form.
_JOINTS = frozenset(".,/:·")


def numbers_in(text: str, header: tuple[Scale, str] | None) -> Iterator[Amount]:
    """Every number that may be money, in order, under the scale and currency of a table's head."""
    for match in _matches(text, header):
        if (header or _has_neighbour(text, match)) and _is_plain_number(text, match):
            amount = _read(text, match, header)
            if abs(amount.units) < MOST:
                yield amount


def _matches(text: str, header: tuple[Scale, str] | None) -> Iterator[re.Match[str]]:
    """Every number; one broken up by blanks counts as one only behind a sign of currency and outside a table."""
    for match in _NUMBER.finditer(text):
        start, end = match.span()
        if match["whole"] is None and (header or not _is_glued(text, start)):
            yield from _UNBROKEN.finditer(text, start, end)
        else:
            yield match


def _has_neighbour(text: str, match: re.Match[str]) -> bool:
    """Whether anything beside the number could be a currency or a word of size: most numbers end here."""
    start, end = match.span()
    before = text[max(0, start - _BEFORE) : start].rstrip(_BLANKS)
    if before[-1:] in _DASHES or before.rstrip(_BLANKS + ".,:()-−–").lower().endswith(_LEADS):
        return True
    behind = text[end : end + 6]
    after = behind.lstrip(_BLANKS + "()/-=.–—+")
    if after[:1].isdigit():
        return after[0] == "0" or not _DASHES.isdisjoint(behind)
    at = end + len(behind) - len(after)
    word = text[at : at + 2] if after else ""
    if word.isalpha() and word.isascii():
        return word.lower() in _FOLLOWERS
    return word[:1].isalpha() or word[:1] in _SYMBOLS


def _is_plain_number(text: str, match: re.Match[str]) -> bool:
    """Whether a run of digits is a number by itself: no date, no code, no list number, well grouped."""
    start, end = match.span()
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if end - start > _LONGEST or (before and (before[-1].isalnum() or before[-1] == "_")):
        return bool(before and end - start <= _LONGEST and _is_glued(text, start))
    if before[-1:] in _JOINTS and before[:-1].isdigit():
        return False
    if after[:1] in _JOINTS and after[1:].isdigit():
        return False
    return _grouped(match.group())


def _is_glued(text: str, start: int) -> bool:
    """Whether a sign of currency stands right before the digits ("Rs500", "USD 5m")."""
    return _PREFIX.search(text[max(0, start - 8) : start]) is not None


def _closed(written: str) -> str:
    """A number that blanks broke up, in one piece."""
    return re.sub(r",?\s+", ",", written) if _BROKEN.search(written) else written


def _grouped(written: str) -> bool:
    whole = _closed(written).partition(".")[0]
    return "," not in whole or bool(_INDIAN.fullmatch(whole) or _WESTERN.fullmatch(whole))


def _read(text: str, match: re.Match[str], header: tuple[Scale, str] | None) -> Amount:
    start, end = match.span()
    window = text[max(0, start - _BEFORE) : start]
    prefix = _prefix(window)
    currency = _prefix_currency(prefix)
    tail = _SUFFIX.match(text, end, end + _AFTER)
    scale, factor, stop = _suffix(tail, currency, end)
    number = Decimal(_closed(match.group()).replace(",", ""))
    if currency is None and (late := _TRAILING_CURRENCY.match(text, stop, stop + _AFTER)):
        currency, stop = currency_of(late), late.end()
    begin = start - (len(window) - _sign_start(prefix, tail)) if prefix else start
    if scale is Scale.UNIT and (head := _head(text, start)):
        scale, currency, begin = scale_of(head), currency_of(head), head.start()
        factor = scale.factor
    amount = Amount(begin, stop, number, scale, currency, factor=factor)
    amount = _signed(text, amount, prefix, tail, header is not None)
    return _governed(amount, header, tail)


def _head(text: str, start: int) -> re.Match[str] | None:
    """A scale with its currency right before a number; most numbers have none and are not looked at twice."""
    near = text[max(0, start - 2 * _BEFORE) : start]
    if not near.rstrip(_BLANKS + ":–-.)").lower().endswith(SCALE_ENDS):
        return None
    return _HEAD.search(text, max(0, start - 2 * _BEFORE), start)


def _sign_start(prefix: re.Match[str], tail: re.Match[str] | None) -> int:
    """Where the amount begins: at a bracket around its currency only where that makes it negative."""
    around = _bracket(prefix)
    return prefix.start() + (len(around) if around and not _is_around(prefix, tail) else 0)


def _bracket(prefix: re.Match[str]) -> str:
    """The bracket that opens before a sign of currency."""
    return (prefix["around"] or "") if prefix.re is _PREFIX else ""


def _prefix(window: str) -> re.Match[str] | None:
    if window.rstrip(_BLANKS + ".,:(-−").lower().endswith(CURRENCY_ENDS):
        return _PREFIX.search(window) or _bare_prefix(window)
    return _bare_prefix(window)


def _bare_prefix(window: str) -> re.Match[str] | None:
    return _BARE_PREFIX.search(window, max(0, len(window) - _BARE_CHARS))


def _prefix_currency(prefix: re.Match[str] | None) -> str | None:
    if prefix is None or prefix.re is _BARE_PREFIX:
        return None
    return currency_of(prefix)


def _suffix(tail: re.Match[str] | None, currency: str | None, end: int) -> tuple[Scale, Decimal, int]:
    """Scale, factor and end of what follows a number."""
    if tail is None:
        return Scale.UNIT, Decimal(1), end
    scale = scale_of(tail)
    if currency is None and any(tail.group("l", "k", "m", "b", "t")):
        return Scale.UNIT, Decimal(1), end
    factor = scale.factor
    if tail["multiple"]:
        factor *= Scale.LAKH.factor if tail["multiple"][0] in "lL" else Scale.THOUSAND.factor
    stop = tail.end() if scale is not Scale.UNIT or tail["units"] else end
    return scale, factor, stop


def _signed(
    text: str, amount: Amount, prefix: re.Match[str] | None, tail: re.Match[str] | None, in_table: bool
) -> Amount:
    """Brackets right around the number, a minus sign, and in a table a trailing Dr make it negative."""
    opened = bool(prefix and (prefix["open"] or _is_around(prefix, tail)))
    brackets = bool(opened and tail and tail["close"])
    minus = bool(prefix and prefix["minus"])
    if brackets and amount.scale is Scale.UNIT and tail is not None:
        amount = replace(amount, end=max(amount.end, tail.end("close")))
    if in_table and amount.currency is None and tail is not None and not _spelled(tail):
        end = tail.end("close") if tail["close"] else tail.start()
        if sign := _SIGN.match(text, end, end + 5):
            minus = minus or sign["sign"].lower() == "dr"
            amount = replace(amount, scale=Scale.UNIT, factor=Decimal(1), end=sign.end())
    brackets = brackets and (in_table or amount.currency is not None or amount.scale is not Scale.UNIT)
    return replace(amount, number=-amount.number) if brackets or minus else amount


def _is_around(prefix: re.Match[str], tail: re.Match[str] | None) -> bool:
    """Whether a bracket opens before the currency and closes before the word of size: "(Rs. 45) lakhs"."""
    return bool(_bracket(prefix) and tail and tail["close"] and scale_of(tail) is not Scale.UNIT)


def _spelled(tail: re.Match[str]) -> bool:
    """Whether a word of size other than the ambiguous "Cr" follows."""
    word = tail["crore"]
    return scale_of(tail) is not Scale.UNIT and not (word and word.lower() == "cr")


def _governed(amount: Amount, header: tuple[Scale, str] | None, tail: re.Match[str] | None) -> Amount:
    """Gives a number without its own word of size the scale of the table's head."""
    if header is None or amount.scale is not Scale.UNIT or (tail and (tail["units"] or tail["late"])):
        return amount
    return replace(amount, scale=header[0], factor=header[0].factor, currency=amount.currency or header[1])
