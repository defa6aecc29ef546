"""Finds amounts of money in running text and table cells.

Every number of the text is looked at once, together with a few characters before and after it, so the work
grows with the length of the text whatever the text is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from backfin.models.money_scale import (
    CURRENCY,
    SCALE_LETTER,
    SCALE_WORD,
    Scale,
    currency_of,
    read_scale,
    scale_of,
)
from backfin.models.money_words import NUMBER_WORDS, value_of_words


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


_BEFORE = 20
_AFTER = 40
_APPROX_BEFORE_CHARS = 44
_LONGEST = 40

_SYMBOLS = frozenset("₹$€£¥'")
_NUMBER = re.compile(r"\d+(?:,\d+)*(?:\.\d+)?")
_INDIAN = re.compile(r"\d{1,3}(?:,\d\d)*,\d{3}")
_WESTERN = re.compile(r"\d{1,3}(?:,\d{3})+")
_PREFIX = re.compile(rf"(?:{CURRENCY})[\s.:]{{0,4}}(?P<open>\(\s?)?(?P<minus>[-−])?$")
_BARE_PREFIX = re.compile(r"(?P<open>\(\s?)?(?P<minus>(?<![\w)])[-−])?$")
_SUFFIX = re.compile(
    rf"(?P<close>\s?\))?(?P<units>\s{{0,2}}/\s?[-=])?"
    rf"(?:\s{{0,3}}(?P<multiple>(?i:lakhs?|lacs?|thousand)(?=\s{{1,3}}(?i:crores?|cr\b)))?"
    rf"\s{{0,3}}(?:{SCALE_WORD}(?![A-Za-z])|{SCALE_LETTER}(?![\w%])))?(?P<dot>\.(?=\s?[/()]))?(?P<late>\s?/-)?"
)
_TRAILING_CURRENCY = re.compile(rf"[\s.]{{1,3}}(?:{CURRENCY})(?![\s.:]{{0,4}}[(\d-])")
_SIGN = re.compile(r"\s?(?P<sign>(?i:cr|dr))\.?(?![A-Za-z])")
_NOT_MONEY = re.compile(r"\s?(?:%|(?i:per\s?cent|percent\b|percentage|bps\b))")
_COUNTED = re.compile(
    r"(?i)\s{0,3}(?:nos?\b|numbers?\b|units?\b|shares?|equity|fully|partly|warrants?|options?|debentures?|ncds?\b"
    r"|tonn?es?|tons?\b|mt\b|mtpa|metric|sq|square|customers?|users?|people|persons?|subscribers?|passengers?"
    r"|vehicles?|kg|litres?|liters?|kl\b|cubic|bottles?|homes?|households?|rooms?|students?|patients?"
    r"|doses?|pieces?|pcs|cases?|cylinders?|meters?|metres?|km\b|mw|gw|kwh?|cum\b|bags?|barrels?|ordinary"
    r"|preference|convertible|tpa\b|views|downloads)"
)
_APPROX_BEFORE = re.compile(
    r"(?i)(?:~|≈|\bapprox(?:\.|imately)?|\babout|\baround|\bnearly|\balmost|\broughly|\bcirca|\bc\.|\bup\s?to"
    r"|\bnot exceeding|\bover|\bmore than|\bin excess of|\bupwards of|\bat least|\bminimum of|\bmaximum of)"
    r"\s{0,2}(?:an? (?:sum|amount|aggregate) of|of|value of)?\s{0,3}[(]?$"
)
_APPROX_AFTER = re.compile(r"(?i)\s?\(?\s?(?:approx|\(approx|/-\s?approx|\+(?!\d))")
_RANGE = re.compile(r"\s{0,3}(?:-|–|—|to|(?P<both>and))\s{0,3}")
_BETWEEN = re.compile(r"(?i)\bbetween\s{1,3}\S{0,4}\s{0,2}$")
_COMPOUND = re.compile(r"(?i)[\s,]{0,3}(?:and\s{1,2})?")
_IN_WORDS = re.compile(
    rf"(?i)\b(?:rupees?|inr|us dollars?|dollars)\s{{1,3}}(?P<after>{NUMBER_WORDS})(?:only\b)?"
    rf"|\b(?P<before>{NUMBER_WORDS})(?:rupees|us dollars|dollars)\b"
)
_SPELLED_SCALE = re.compile(rf"\b{SCALE_WORD}\b")
_RESTATED = re.compile(r"(?i)[\s/=.-]{0,6}(?:\([^()]{0,40}\)\s{0,3})?[(\[]?\s{0,3}(?:i\.?e\.?,?\s{0,3})?")


def find_amounts(text: str, scale: str | Scale | None = None) -> list[Amount]:
    """Every amount of money in a text, in order.

    Args:
        text: Running text, or a table's cell or line.
        scale: The scale of a table's head. It governs numbers that carry no word of size of their own, and
            makes numbers without a sign of currency count as money.
    """
    header = read_scale(scale) if scale is not None else None
    tokens = _joined(text, list(_numbers(text, header)))
    money = [token for token in tokens if _is_money(text, token, header)]
    digits = [replace(token, approx=True) if _is_approx(text, token) else token for token in money]
    return _with_words(text, digits)


def _numbers(text: str, header: tuple[Scale, str] | None) -> Iterator[Amount]:
    for match in _NUMBER.finditer(text):
        if (header or _has_neighbour(text, match)) and _is_plain_number(text, match):
            yield _read(text, match, header)


def _has_neighbour(text: str, match: re.Match[str]) -> bool:
    """Whether anything beside the number could be a currency or a word of size: most numbers end here."""
    start, end = match.span()
    before = text[max(0, start - 8) : start].rstrip(" \t\r\n.:(-−")[-1:]
    after = text[end : end + 6].lstrip(" \t\r\n)/-=.–—")[:1]
    return before.isalpha() or after.isalnum() or before in _SYMBOLS or after in _SYMBOLS


def _is_plain_number(text: str, match: re.Match[str]) -> bool:
    """Whether a run of digits is a number by itself: no date, no code, no list number, well grouped."""
    start, end = match.span()
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if end - start > _LONGEST or (before and (before[-1].isalnum() or before[-1] == "_")):
        return bool(before and end - start <= _LONGEST and _is_glued(text, start))
    if before[-1:] in (".", ",", "/", ":") and before[:-1].isdigit():
        return False
    if after[:1] in (".", "/", ":", ",") and after[1:].isdigit():
        return False
    return _grouped(match.group())


def _is_glued(text: str, start: int) -> bool:
    """Whether the letters right before the digits are a sign of currency ("Rs500", "USD5m")."""
    return _PREFIX.search(text[max(0, start - 4) : start]) is not None


def _grouped(written: str) -> bool:
    whole = written.partition(".")[0]
    return "," not in whole or bool(_INDIAN.fullmatch(whole) or _WESTERN.fullmatch(whole))


def _read(text: str, match: re.Match[str], header: tuple[Scale, str] | None) -> Amount:
    start, end = match.span()
    window = text[max(0, start - _BEFORE) : start]
    prefix = _prefix(window)
    currency = _prefix_currency(prefix)
    tail = _SUFFIX.match(text, end, end + _AFTER)
    scale, factor, stop = _suffix(tail, currency, end)
    number = Decimal(match.group().replace(",", ""))
    if currency is None and (late := _TRAILING_CURRENCY.match(text, stop, stop + _AFTER)):
        currency, stop = currency_of(late), late.end()
    begin = start - (len(window) - prefix.start()) if prefix else start
    amount = Amount(begin, stop, number, scale, currency, factor=factor)
    amount = _signed(text, amount, prefix, tail, header is not None)
    return _governed(amount, header, tail)


def _prefix(window: str) -> re.Match[str] | None:
    last = window.rstrip(" \t\r\n.:(-−")[-1:]
    if last.isalpha() or last in _SYMBOLS:
        return _PREFIX.search(window) or _BARE_PREFIX.search(window)
    return _BARE_PREFIX.search(window)


def _prefix_currency(prefix: re.Match[str] | None) -> str | None:
    if prefix is None or prefix.re is _BARE_PREFIX:
        return None
    return currency_of(prefix)


def _suffix(tail: re.Match[str] | None, currency: str | None, end: int) -> tuple[Scale, Decimal, int]:
    """Scale, factor and end of what follows a number."""
    if tail is None:
        return Scale.UNIT, Decimal(1), end
    scale = scale_of(tail)
    is_letter = any(tail.group(name) for name in ("l", "k", "m", "b", "t"))
    if is_letter and currency is None:
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
    brackets = bool(prefix and prefix["open"] and tail and tail["close"])
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


def _spelled(tail: re.Match[str]) -> bool:
    """Whether a word of size other than the ambiguous "Cr" follows."""
    word = tail["crore"]
    return scale_of(tail) is not Scale.UNIT and not (word and word.lower() == "cr")


def _governed(amount: Amount, header: tuple[Scale, str] | None, tail: re.Match[str] | None) -> Amount:
    """Gives a number without its own word of size the scale of the table's head."""
    if header is None or amount.scale is not Scale.UNIT or (tail and (tail["units"] or tail["late"])):
        return amount
    return replace(amount, scale=header[0], factor=header[0].factor, currency=amount.currency or header[1])


def _is_approx(text: str, amount: Amount) -> bool:
    before = text[max(0, amount.start - _APPROX_BEFORE_CHARS) : amount.start]
    if _APPROX_BEFORE.search(before):
        return True
    return _APPROX_AFTER.match(text, amount.end, amount.end + 12) is not None


def _joined(text: str, tokens: list[Amount]) -> list[Amount]:
    """Shares currency and scale between the ends of a range, and adds "5 crore 25 lakh" up."""
    done: list[Amount] = []
    for token in tokens:
        if done and 0 <= token.start - done[-1].end <= 8:
            last, current = _pair(text, done[-1], token)
            done[-1] = last
            if current is not None:
                done.append(current)
        else:
            done.append(token)
    return done


def _pair(text: str, first: Amount, second: Amount) -> tuple[Amount, Amount | None]:
    gap = text[first.end : second.start]
    if _is_compound(gap, first, second):
        parts = first.units + second.units
        return replace(first, number=parts / first.factor, end=second.end), None
    link = _RANGE.fullmatch(gap)
    if link is None or (link["both"] and not _BETWEEN.search(text[max(0, first.start - 24) : first.start])):
        return first, second
    return _range(first, second)


def _is_compound(gap: str, first: Amount, second: Amount) -> bool:
    return (
        second.currency is None
        and first.factor > second.factor > 1
        and second.number < first.factor / second.factor
        and _COMPOUND.fullmatch(gap) is not None
    )


def _range(first: Amount, second: Amount) -> tuple[Amount, Amount]:
    """A lower end without a scale takes that of the upper end, unless it is plainly written in full."""
    if (
        first.scale is Scale.UNIT is not second.scale
        and first.number < second.number
        and first.number < 10**5
    ):
        first = replace(first, scale=second.scale, factor=second.factor)
    first = replace(first, currency=first.currency or second.currency)
    second = replace(second, currency=second.currency or first.currency)
    return first, second


def _is_money(text: str, token: Amount, header: tuple[Scale, str] | None) -> bool:
    if _NOT_MONEY.match(text, token.end, token.end + 14):
        return False
    if token.currency is not None or header is not None:
        return True
    return token.scale is not Scale.UNIT and not _COUNTED.match(text, token.end, token.end + 16)


def _with_words(text: str, digits: list[Amount]) -> list[Amount]:
    """Adds amounts written out in words, except where they only repeat the figure right before them."""
    if "upee" not in text and "UPEE" not in text and "ollar" not in text:
        return digits
    found = list(digits)
    for match in _IN_WORDS.finditer(text):
        amount = _spelled_out(match)
        if amount is not None and not any(_restates(text, other, amount) for other in digits):
            found.append(amount)
    return sorted(found, key=lambda amount: amount.start)


def _spelled_out(match: re.Match[str]) -> Amount | None:
    words = match["after"] or match["before"]
    value = value_of_words(words)
    if value is None:
        return None
    word = _SPELLED_SCALE.search(words)
    scale = scale_of(word) if word else Scale.UNIT
    currency = "USD" if "dollar" in match.group().lower() else "INR"
    return Amount(match.start(), match.end(), value / scale.factor, scale, currency, factor=scale.factor)


def _restates(text: str, figure: Amount, words: Amount) -> bool:
    overlaps = figure.start < words.end and words.start < figure.end
    gap = text[figure.end : words.start]
    follows = 0 <= words.start - figure.end <= 60 and _RESTATED.fullmatch(gap) is not None
    return overlaps or (follows and figure.units == words.units)
