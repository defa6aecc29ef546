"""The parts of a company's letter: its subject line, the release it encloses, how it begins, who signs it."""

from __future__ import annotations

import re
from itertools import dropwhile

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
#: A line of a scan that is the rule below a heading, with what was read into it.
_RULE_LINE = re.compile(r"^\s*(?:[^\w\s(“\"‘'\[]\s?){2,}")
_SALUTATION = re.compile(
    r"(?im)\bdear\b[^,\n]{0,40}(?:[,\n]|$)|\brespected\b[^,\n]{0,40}(?:[,\n]|$)"
    r"|^\W{0,3}sirs?\s?/\s?ma.{0,2}am\s?[,.]?|^\W{0,3}sirs?,"
)
_HEADING = re.compile(r"(?i)^\W{0,4}(?:sub(?:ject)?r?|ref(?:erence)?|re)\b\s?[:.;'–-]")
#: How a body begins, behind a heading that takes several lines.
_BODY_LINE = re.compile(
    r"(?i)^\W{0,3}(?:dear|pursuant|in (?:compliance|terms|accordance|continuation|furtherance|reference|pursuance)"
    r"|with (?:ref|regard)|this |we |i |further|as |please|kindly|the |it |enclosed|attached|apropos)"
)
#: The end of a heading that goes on in the next line, and a line that cannot begin a body.
_HALF = re.compile(r"(?i)\b(?:for|of|the|and|to|in|under|on|with)\s*$")
#: So many characters hold the longest of these words and what stands before it.
_HALF_CHARS = 8
_GOES_ON = re.compile(r"^[a-z]")
#: A line of a scan that is a stroke of a pen.
_STRAY = r"\W*[A-Za-z]{0,5}[^\w.,;:)]*$"
#: That, a line of the letterhead or the footer, and one of capitals and figures that is no item of a list.
_NO_WORDS = re.compile(
    rf"^(?:{_STRAY}|\W*(?i:phone|tel|fax|mobile|e-?mail|branches|factory|cin|regd|www)\b.*"
    r"|(?!\s*[(\[]?\w{1,3}[.)\]])(?=.*\d)(?=.*[A-Z]{3})[^a-z\n]{12,}$)"
)
#: A line of running text: several words in small letters.
_RUNNING = re.compile(r"(?:\b[a-z]{2,}\b.*?){5}")
#: A line at the foot of a page: hardly a word in small letters, or an address.
_FOOTER = re.compile(r"^(?![a-z]{2,}\b)(?!(?:.*?\b[a-z]{2,}\b){3})|.*(?:@|\bwww\.)")
_CLOSES = re.compile(
    r"(?m)^[ \t]*(?i:thank(?:ing|s)?\s+you|thanks\b|yours\s+(?:faith|tru|sinc)"
    r"|(?:(?:you are|we)\s+)?(?:please|kindly|request(?:ed|s)?)\b[^\n]{0,70}\b(?:records?|note(?! that)|acknowledge"
    r"|oblige|disseminat\w*)\b"
    r"|(?:the above|this) is for (?:your|the)\b|for and on behalf of\b)"
    r"|^[ \t]*(?:For|FOR) (?:M/s\.? )?[A-Z][^\n]{2,70}(?i:limited|ltd)\b"
)
_DATELINE = re.compile(
    rf"(?m)^[^\n]{{0,80}}\b(?i:{DATE})\s{{0,2}}(?:[:—–-]\s?){{1,3}}(?=[A-Z“\"])"
    r"|^[A-Z][^\n]{0,60}\b[A-Z][a-z]{2} \d{1,2}, \d{4}\s?[:—–-]+\s?(?=[A-Z“\"])"
)
#: Where a letter's own words are looked for, how long they may be, and the lines that may name its subject.
_HEAD_CHARS, _LONGEST_BODY, _HEADING_LINES = 2500, 3500, 12
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
_LETTER = re.compile(r"\w")
_AND = re.compile(r"(?i)&|\band\b")
#: A name in which more than the first letter of a word is small.
_MIXED = re.compile(r"(?=.*[a-z]{2})[A-Z]")
#: So much of a page is looked through for the issuer's name, and for the title of a release.
_NAME_CHARS = 4000
_EXCHANGE = re.compile(r"(?i)\bbse\b|\bnse\b|stock exchange|\bbombay stock")


def subject_of(pages: tuple[Page, ...]) -> str:
    """The subject line of the letter; empty when there is none."""
    for page in pages[:2]:
        if (match := _SUBJECT.search(page.text, 0, 4000)) is not None:
            return _subject(match["text"], page.text[match.end() : match.end() + 250])
    return ""


def _subject(text: str, behind: str) -> str:
    """A subject without lines that a scan made of the rule below it; one that breaks off takes the next line."""
    first, *others = text.splitlines()
    kept = [first, *(line for line in others if not _RULE_LINE.match(line))]
    following = behind.lstrip("\r\n").partition("\n")[0]
    if _HALF.search(kept[-1]) and re.match(r"[a-z]", following):
        kept.append(following)
    return tidy(" ".join(kept))[:400]


def body_of(pages: tuple[Page, ...], at: int = 0) -> str:
    """What the letter on a page says between its salutation or subject and its closing; empty where there is none.

    A letter without a closing goes on over the page.
    """
    start = _body_start(pages[at].text[:_HEAD_CHARS])
    if start is None:
        return ""
    text = pages[at].text[start:][:_LONGEST_BODY]
    if _CLOSES.search(text) is None and at + 1 < len(pages):
        text = _joined(text, pages[at + 1].text[:_LONGEST_BODY])
    end = _CLOSES.search(text)
    kept = text[: end.start()] if end else text
    return "\n".join(line for line in kept.splitlines() if not _NO_WORDS.match(line))


def _joined(text: str, following: str) -> str:
    """Two pages of a letter without the footer of the first and the letterhead of the second."""
    above = list(dropwhile(_FOOTER.match, reversed(text.splitlines())))
    below = dropwhile(lambda line: not _RUNNING.search(line), following.splitlines())
    return "\n".join((*reversed(above), *below))


def _body_start(head: str) -> int | None:
    """Where the body begins: behind the salutation, and behind the subject and references wherever they stand."""
    salutation, subject = _SALUTATION.search(head), _SUBJECT.search(head)
    start = max((match.end() for match in (salutation, subject) if match), default=None)
    if start is None:
        return None
    lines = head[start:].splitlines(keepends=True)[:_HEADING_LINES]
    headings = [at for at, line in enumerate(lines) if _HEADING.match(line)]
    first = headings[-1] + 1 if headings else 0
    is_within = bool(headings) or _HALF.search(head[:start].rstrip()[-_HALF_CHARS:]) is not None
    for at, line in enumerate(lines[first:], start=first):
        if line.strip() and not (is_within and (_GOES_ON.match(line) or not _BODY_LINE.match(line))):
            return start + sum(map(len, lines[:at]))
    return start + sum(map(len, lines[:first]))


def release_lead(pages: tuple[Page, ...]) -> str:
    """How an enclosed press release begins: the paragraph behind its place and day; empty without one."""
    for page in pages[:4]:
        if (dateline := _DATELINE.search(page.text)) is not None:
            return page.text[dateline.end() :][:_LONGEST_BODY]
    return ""


def release_in(pages: tuple[Page, ...]) -> str:
    """The title of the press release that the letter encloses, where it gives one."""
    head = pages[0].text[:_NAME_CHARS] if pages else ""
    found = _RELEASE.search(head) if "release" in head.lower() else None
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


def as_written(name: str, pages: tuple[Page, ...]) -> str:
    """A name that a letter sets in capitals, as the filing writes it elsewhere; as it is where it never does.

    >>> page = Page(number=1, text="For BETA INDIA LIMITED, welcome to the call of Beta India Limited")
    >>> as_written("BETA INDIA LIMITED", (page,))
    'Beta India Limited'
    """
    letters = _LETTER.findall(name.replace("&", "").upper())
    if any(letter.islower() for letter in name) or not letters:
        return name
    between = r"(?:[\s.,()]|&|\band\b){0,5}"
    words = [r"[\s.]?".join(map(re.escape, word)) for word in re.findall(r"\w+", _AND.sub(" ", name))]
    pattern = re.compile(rf"(?<!\w){between.join(words)}\)?(?!\w)", re.IGNORECASE)
    found = (match[0] for page in pages for match in pattern.finditer(page.text[:_NAME_CHARS]))
    return next((tidy(text) for text in found if _MIXED.match(text)), name)


def day_of_letter(pages: tuple[Page, ...]) -> Found | None:
    """The first date of the letter, which is its own."""
    match = _LETTER_DAY.search(pages[0].text, 0, 900) if pages else None
    return Found(pages[0], match) if match else None
