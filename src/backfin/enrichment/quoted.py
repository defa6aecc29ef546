"""Where a quote stands on its page, and what it would say if it did not stop in the middle of something.

"9,999 crore" stands in "29,999 crore", and "Rs. 12" in "Rs. 12 crore": a quote that cuts a number, a word or an
amount says something else than its page does.
"""

from __future__ import annotations

import re

from backfin.models.money_scale import CURRENCY, SCALE_LETTER, SCALE_WORD

#: Characters of the page that are looked at on either side of a quote.
_NEAR = 40
#: Places at which a quote is looked for until one is found where it cuts nothing.
_MOST_PLACES = 20

_GLUED_BEFORE = re.compile(r"[\w.,/:-]*$")
_GLUED_AFTER = re.compile(r"[\w.,/:-]*\w")
_JOINTS = ".,/:-"
#: What belongs to a number that a quote begins with: its currency, its sign, and its part on the line before.
_BEFORE = re.compile(
    rf"(?:(?:{CURRENCY})[\s.:]{{0,4}})?(?:\(\s?|(?<![\w)])[-−]\s?)?(?:(?<![\d,])\d{{1,3}}(?:,\d{{2,3}}){{0,5}},\s)?$"
)
_SIGN_BEFORE = re.compile(r"(?:\(\s?|(?<![\w)])[-−]\s?)$")
#: What belongs to a number that a quote ends with: the bracket behind it, and its word of size.
_AFTER = re.compile(
    rf"(?:,\s\d{{2,3}}(?![\d,]))?(?:\s?\))?(?:\s{{0,2}}/\s?[-=])?"
    rf"(?:\s{{0,3}}(?:\(?(?:in\s)?{SCALE_WORD}(?![A-Za-z])(?:\s{{1,3}}(?i:crores?|cr)\b)?|{SCALE_LETTER}(?![\w%])))?"
)
_ENDS_IN_SIZE = re.compile(r"(?i)\d\s{0,3}(?:lakhs?|lacs?|thousand)$")
_MORE_SIZE = re.compile(r"\s{1,3}(?i:crores?|cr)\b")
_BEGINS_WITH_MONEY = re.compile(rf"{CURRENCY}|\d")


def unabridged(quote: str, page: str) -> str | None:
    """The quote with whatever number, word or amount it cuts at its ends made whole; ``None`` if it is not there.

    Both texts have their white space collapsed. A quote that stands in several places is taken where it cuts
    nothing.

    >>> unabridged("9,999 crore", "worth Rs. 29,999 crore"), unabridged("worth Rs. 12", "worth Rs. 12 crore")
    ('Rs. 29,999 crore', 'worth Rs. 12 crore')
    >>> unabridged("5 crore", "Rs. 25 crore or Rs. 20 lakh and 5 crore")
    '5 crore'
    """
    first: str | None = None
    at = page.find(quote) if quote else -1
    for _ in range(_MOST_PLACES):
        if at < 0:
            break
        end = at + len(quote)
        whole = (
            f"{_before(quote, page[max(0, at - _NEAR) : at])}{quote}{_after(quote, page[end : end + _NEAR])}"
        )
        if whole == quote:
            return quote
        first = first or whole
        at = page.find(quote, at + 1)
    return first


def _before(quote: str, near: str) -> str:
    """What belongs to the beginning of a quote."""
    glued = ""
    if near and (
        _is_inside(near[-1], quote[0]) or (near[-1] in _JOINTS and _is_number(near[-2:-1], quote[0]))
    ):
        found = _GLUED_BEFORE.search(near)
        glued = found[0] if found else ""
    rest = near[: len(near) - len(glued)]
    pattern = _BEFORE if (glued or quote)[0].isdigit() else _SIGN_BEFORE
    if not _BEGINS_WITH_MONEY.match(glued or quote):
        return glued
    more = pattern.search(rest)
    return (more[0] if more else "") + glued


def _after(quote: str, near: str) -> str:
    """What belongs to the end of a quote."""
    glued = ""
    if near and (_is_inside(quote[-1], near[0]) or (near[0] in _JOINTS and _is_number(quote[-1], near[1:2]))):
        found = _GLUED_AFTER.match(near)
        glued = found[0] if found else ""
    rest = near[len(glued) :]
    last = (glued or quote)[-1]
    if last.isdigit():
        more = _AFTER.match(rest)
    else:
        more = _MORE_SIZE.match(rest) if _ENDS_IN_SIZE.search(quote[-24:] + glued) else None
    return glued + (more[0] if more else "")


def _is_inside(one: str, other: str) -> bool:
    """Whether two characters stand in one word or number."""
    return (one.isalnum() or one == "_") and (other.isalnum() or other == "_")


def _is_number(one: str, other: str) -> bool:
    """Whether a sign between two characters stands inside a number."""
    return one.isdigit() and other.isdigit()
