"""Finds amounts of money in running text and table cells.

Every number of the text is looked at once, together with a few characters before and after it, so the work
grows with the length of the text whatever the text is.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from backfin.models.money_scale import SCALE_WORD, Scale, read_scale, scale_of
from backfin.models.money_token import MOST, Amount, numbers_in
from backfin.models.money_words import NUMBER_WORDS, value_of_words

__all__ = ["Amount", "find_amounts"]

#: Texts whose amounts are remembered: those of a few filings, because several threads read at once.
_REMEMBERED = 128

_APPROX_BEFORE_CHARS = 44
_NOT_MONEY = re.compile(r"\s?(?:%|(?i:per\s?cent|percent\b|percentage|bps\b))")
_COUNTED = re.compile(
    r"(?i)\s{0,3}(?:nos?\b|numbers?\b|units?\b|shares?|equity|fully|partly|warrants?|options?|debentures?|ncds?\b"
    r"|tonn?es?|tons?\b|mt\b|mtpa|metric|sq|square|customers?|users?|people|persons?|subscribers?|passengers?"
    r"|vehicles?|kg|litres?|liters?|kl\b|cubic|bottles?|homes?|households?|rooms?|students?|patients?"
    r"|doses?|pieces?|pcs|cases?|cylinders?|meters?|metres?|km\b|mw|gw|kwh?|cum\b|bags?|barrels?|ordinary"
    r"|preference|convertible|tpa\b|views|downloads)"
)
#: How a text ends that a word of approximation closes: most texts before an amount are told apart by it.
_APPROX_ENDS = (
    *(
        "~",
        "≈",
        "approx",
        "approx.",
        "approximately",
        "about",
        "around",
        "nearly",
        "almost",
        "roughly",
        "circa",
    ),
    *("c.", "to", "exceeding", "over", "than", "of", "least"),
)
_APPROX_BEFORE = re.compile(
    r"(?i)(?:~|≈|\b(?:approx(?:\.|imately)?|about|around|nearly|almost|roughly|circa|c\.|up\s?to"
    r"|not exceeding|over|more than|in excess of|upwards of|at least|minimum of|maximum of))"
    r"\s{0,2}(?:an? (?:sum|amount|aggregate) of|of|value of)?\s{0,3}[(]?$"
)
_APPROX_AFTER = re.compile(r"(?i)\s?\(?\s?(?:approx|\(approx|/-\s?approx|\+(?!\d))")
_RANGE = re.compile(r"\s{0,3}(?:-|–|—|to|(?P<both>and))\s{0,3}")
_BETWEEN = re.compile(r"(?i)\bbetween\s{1,3}\S{0,4}\s{0,2}$")
_COMPOUND = re.compile(r"(?i)[\s,]{0,3}(?:and\s{1,2})?")
_IN_WORDS = re.compile(
    rf"(?i)\b(?:rupees?|inr|rs\.?|us dollars?|dollars)\s{{1,3}}(?P<after>{NUMBER_WORDS})(?:only\b)?"
    rf"|\b(?P<before>{NUMBER_WORDS})(?:rupees|us dollars|dollars)\b"
)
#: Without it, a text in small letters has no amount in words.
#: The first letter stands before the look behind it, so that the engine passes over what is none.
_WORDY = re.compile(
    r"r(?:(?<=\br)(?:upees?|s\.?)\s{1,3}[a-z]|(?<=\sr)upees\b)|i(?<=\bi)nr\s{1,3}[a-z]"
    r"|d(?:(?<=\bd)ollars?\s{1,3}[a-z]|(?<=\sd)ollars\b)"
)
#: Words that cannot be the last of an amount: the rest was not read.
_UNFINISHED = re.compile(r"(?i)(?:\band|&)[\s,-]*$")
_SPELLED_SCALE = re.compile(rf"\b{SCALE_WORD}\b")
_RESTATED = re.compile(
    r"(?i)[\s/=.-]{0,6}(?:\([^()]{0,40}\)\s{0,3})?[(\[]?\s{0,3}(?:i\.?e\.?,?\s{0,3})?(?:indian\s)?"
)


def find_amounts(text: str, scale: str | Scale | None = None) -> list[Amount]:
    """Every amount of money in a text, in order.

    Args:
        text: Running text, or a table's cell or line.
        scale: The scale of a table's head. It governs numbers that carry no word of size of their own, and
            makes numbers without a sign of currency count as money.
    """
    return list(_amounts_of(text, read_scale(scale) if scale is not None else None))


@lru_cache(maxsize=_REMEMBERED)
def _amounts_of(text: str, header: tuple[Scale, str] | None) -> tuple[Amount, ...]:
    """Remembered, because a page and a sentence are asked about again by every check that follows."""
    tokens = _joined(text, list(numbers_in(text, header)))
    money = [token for token in tokens if _is_money(text, token, header)]
    digits = [replace(token, approx=True) if _is_approx(text, token) else token for token in money]
    return tuple(_with_words(text, digits))


def _is_approx(text: str, amount: Amount) -> bool:
    before = text[max(0, amount.start - _APPROX_BEFORE_CHARS) : amount.start]
    is_led = before.rstrip().removesuffix("(").rstrip().lower().endswith(_APPROX_ENDS)
    if is_led and _APPROX_BEFORE.search(before):
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
    if _is_torn(gap, first, second):
        return replace(first, number=Decimal(0), currency=None, scale=Scale.UNIT), None
    if _is_compound(gap, first, second):
        parts = first.units + second.units
        return replace(first, number=parts / first.factor, end=second.end), None
    link = _RANGE.fullmatch(gap)
    if link is None or (link["both"] and not _BETWEEN.search(text[max(0, first.start - 24) : first.start])):
        return first, second
    return _range(first, second)


def _is_torn(gap: str, first: Amount, second: Amount) -> bool:
    """Whether a blank tore one number in two, as in "Rs. 6 2.5 crore": what it was cannot be told."""
    is_open = first.currency is not None and first.scale is Scale.UNIT and second.currency is None
    return is_open and second.scale is not Scale.UNIT and gap in (" ", "  ", "\xa0")


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
    if _WORDY.search(text.lower()) is None:
        return digits
    found = list(digits)
    for match in _IN_WORDS.finditer(text):
        amount = _spelled_out(match)
        if amount is not None and not any(_restates(text, other, amount) for other in digits):
            found.append(amount)
    return sorted(found, key=lambda amount: amount.start)


def _spelled_out(match: re.Match[str]) -> Amount | None:
    words = match["after"] or match["before"]
    value = None if _UNFINISHED.search(words) else value_of_words(words)
    if value is None or value >= MOST:
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
