"""The parts of a company's letter: its subject line, the release it encloses, how it begins, who signs it."""

from __future__ import annotations

import re

from backfin.enrichment.rules.dates import DATE
from backfin.enrichment.rules.quotes import Found, is_readable, tidy
from backfin.models import Page

#: Words with which the body of a letter begins, so that they end its subject.
_BODY_BEGINS = (
    r"dear|respected|sirs?\b|madam|pursuant|in (?:compliance|terms|accordance|continuation|furtherance"
    r"|reference"
    r"|pursuance)|with (?:ref|regard)|this (?:is|has)|we |further|as (?:required|per|you|already)"
    r"|please|kindly|ref\b"
    r"|the\s|it is|yours|thank|enclosed|attached|apropos|\s*$"
)
_SUBJECT = re.compile(
    r"(?im)(?:^[ \t(]{0,6}(?:sub(?:ject)?[ \t]{0,3}(?:[:;.'–]|-(?!\w))|subr[ \t])"
    r"|\bsub(?:ject)?[ \t]?:)[ \t:–-]{0,4}"
    rf"(?P<text>[^\n]{{5,250}}(?:\n(?!\W{{0,3}}(?:{_BODY_BEGINS}))[^\n]{{2,250}}){{0,3}})"
)
_DEAR = re.compile(r"(?i)\bdear\b[^\n]{0,40}\n|\brespected\b[^\n]{0,40}\n")
_SENTENCE = re.compile(r"(?s)(?:.{20,240}?(?:\.(?=\s)|(?=\n\s*\n)|$)|.{20,240}(?=\s))")
_RELEASE = re.compile(
    r"(?is)\b(?:press|media|news) release\b[^“”\"]{0,120}?\b(?:titled|captioned"
    r"|headed)\s{0,3}[“\"](?P<title>.{10,240}?)[”\"]"
)
_SIGNED = re.compile(
    r"(?m)^\s{0,4}(?i:for(?: and on behalf of)?,?)[ \t]{1,3}(?:M/s\.?[ \t])?"
    r"(?P<name>[A-Z][\w&.,'’() -]{2,70}?[ \t](?:Limited|LIMITED|Ltd|LTD))\b"
)
_LETTERHEAD = re.compile(
    r"(?m)^[ \t“\"]{0,4}(?P<name>[A-Z][\w&.,'’() -]{2,60}?[ \t](?:Limited|LIMITED|Ltd"
    r"|LTD))\b\.?[ \t”\"]{0,4}(?=\r?$|[ \t]Q[1-4])"
)
_LETTER_DAY = re.compile(rf"(?i){DATE}")
_EXCHANGE = re.compile(r"(?i)\bbse\b|\bnse\b|stock exchange|\bbombay stock")


def subject_of(pages: tuple[Page, ...]) -> str:
    """The subject line of the letter; empty when there is none."""
    found = (_SUBJECT.search(page.text, 0, 4000) for page in pages[:2])
    return next((tidy(match["text"])[:400] for match in found if match), "")


def release_in(pages: tuple[Page, ...]) -> str:
    """The title of the press release that the letter encloses, where it gives one."""
    found = _RELEASE.search(pages[0].text, 0, 4000) if pages else None
    return tidy(found["title"]) if found else ""


def opening_of(pages: tuple[Page, ...]) -> str:
    """The first sentence behind the salutation, if it can be read."""
    for page in pages[:1]:
        dear = _DEAR.search(page.text, 0, 4000)
        found = _SENTENCE.match(page.text, dear.end()) if dear else None
        if found and is_readable(found[0]):
            return tidy(found[0])
    return ""


def signer_of(pages: tuple[Page, ...]) -> str:
    """The company that signs the letter or heads it; empty when neither can be told."""
    places = ((pattern, page) for pattern in (_SIGNED, _LETTERHEAD) for page in pages[:2])
    found = (match["name"] for pattern, page in places for match in pattern.finditer(page.text[:6000]))
    return next((tidy(name) for name in found if not _EXCHANGE.search(name)), "")


def day_of_letter(pages: tuple[Page, ...]) -> Found | None:
    """The first date of the letter, which is its own."""
    match = _LETTER_DAY.search(pages[0].text, 0, 900) if pages else None
    return Found(pages[0], match) if match else None
