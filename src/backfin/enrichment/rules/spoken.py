"""The filing's own words for what it is: the exchange's headline, the letter's subject, or how it begins."""

from __future__ import annotations

import re

from backfin.enrichment.rules.hints import BOILERPLATE
from backfin.enrichment.rules.quotes import is_readable, tidy
from backfin.enrichment.rules.source import Source

_EMPTY = re.compile(
    r"(?i)(?:as per (?:the )?(?:attach|file)|please find|kindly find|pfa|attached|enclosed"
    r"|intimation attached|(?:disclosure|intimation|announcement|updates?|compliance)s? (?:as per "
    r"|in terms of |under "
    r"|pursuant to )?(?:sebi )?reg\w*\.? ?30\b[^-–]*$)"
)
_ONLY_A_RULE = re.compile(
    r"(?i)(?:disclosure|intimation|announcement|updates?|compliance)s? (?:as per |in terms of |under "
    r"|pursuant to )?"
    r"(?:the )?(?:sebi )?reg\w*\.? ?30\b[^-–]{0,160}$"
)
_INFORMED = re.compile(
    r"(?i)^.{2,90}?(?:\b|(?<=ltd)|(?<=limited))(?:has|have) (?:informed|intimated|submitted to"
    r"|submitted) (?:to )?(?:the )?(?:bse"
    r"|exchange|nse|stock exchanges?)"
    r"(?: limited| ltd\.?)?,?\s+(?:(?:about|regarding|that)\s+|a copy of\s+)?"
)
_UNDER = re.compile(
    r"(?i)^(?:(?:disclosure|intimation|announcement|updates?|compliance)s?\s+)?(?:under|pursuant to"
    r"|in terms of|as per)\s+(?:the\s+)?(?:provisions of\s+)?reg\w*\.?\s?\d+\w*(?:\s?\([^)]{1,6}\))*"
    r"(?:.{0,160}?(?:regulations?\s?,?\s?\d{4}|\(?lodr\)?(?:,?\s?regulations?)?(?:\s?,?\s?\d{4})?))?"
    r"[^\w(]{0,6}(?:for|in respect of|regarding|on|about|with respect to)?\s*(?=\S+ \S)"
)
_POLITE = re.compile(
    r"(?i)^(?:(?:pursuant to|in terms of|in compliance with|in accordance with"
    r"|with reference to)\b[^,]{0,160}(?:,[^,]{0,80}){0,2},\s*)?"
    r"(?:this is to (?:inform|intimate)(?: you)? that|(?:we|it) (?:wish|would like|are pleased"
    r"|is hereby|hereby)(?: to)? (?:inform\w*|intimate)"
    r"(?: you)?(?: that)?|please find (?:attached|enclosed)(?: herewith)?|we (?:are )?(?:enclos|submit"
    r"|send|attach)\w*(?: herewith)?)"
    r",?\s+(?:(?:a|the) )?(?:copy of )?(?:the )?"
)
_SUBJECT_WORD = re.compile(r"(?i)^[\s(]*(?:sub(?:ject)?|re[ft]?)\b\s?[:.\-–]+\s*")
#: A word in small letters that begins or ends as none does: a bad scan's.
_GARBLED = re.compile(
    r"(?<![\w’'.@/-])(?:(?:[lmr][bcdfgjkmnpqrstvwxz]|n[bcdfghjklmpqrstvwxz]|b[cdfghjkmnpqstvwxz]|t[bcdfgjklmnpqvxz]"
    r"|v[bcdfghjkmnpqstvwxz])[a-z]{5,}|[a-z]{4,}[bcdfghkmnpqrst]v)(?![\w’'.@/-])|[a-z]\][a-z]|\b\d+[\"!][a-z]\b"
)
#: A rule cited behind what matters.
_CITED = re.compile(
    r"(?i)\s[-–]?\s?\b(?:pursuant to|in terms of|in compliance with|as per"
    r"|under) (?:the )?(?:provisions of )?"
    r"(?:the )?(?:reg(?:ulation)?s?\b|sebi\b).*$"
)
_RELEASE = re.compile(
    r"(?i)^(?:submission of )?(?:(?:press|media|news) )?release\s{0,2}"
    r"(?:[-–:]\s{0,2}(?:titled|on|regarding)?|titled|on|regarding)\s+"
)
_LEADING_BRACKET = re.compile(r"^\([^)]*\)[\s,]*")
#: A text of more words than this never boils down to one.
_SHORT = 8
_BRACKETS = re.compile(r"\([^)]*\)")
_CLICK = re.compile(r"(?i)[.;,]?\s*(?:for more details,? )?kindly click here.*$")


#: Words that a bad text layer runs together, quotes that it leaves hanging, and what it makes of "th" in a date.
#: What is sought stands before the look behind it, so that the engine passes over what is none.
_JOINED_THE = re.compile(r"the\b(?:(?<=\b(?:[Oo]f|[Oo]n|[Ii]n|[Tt]o|[Bb]y|[Aa]t)the)|(?<=\b[Ff]orthe))")
_JOINED_OF = re.compile(r"of(?<=\bof)(?=[A-Z][a-z])")
_HANGING = re.compile(r"[‘“’”](?:(?<=\w[‘“])|(?<=\s[’”]))(?=\s)")
_ORDINAL = re.compile(
    r"(\d(?<!\w\d)\d?)\s?[\"'!*°”’“‘^™]{1,3}(?:st|nd|rd|th|[dhst])?(?=,?\s(?:day\s)?(?:of\s)?"
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec))"
)


def mended(text: str) -> str:
    """A text without the commonest slips of a scan, none of which changes a word of it.

    >>> mended("Change ofRegistrar ofthe Company on 30* June, 2018")
    'Change of Registrar of the Company on 30 June, 2018'
    """
    text = _JOINED_OF.sub("of ", _JOINED_THE.sub(" the", text))
    return _ORDINAL.sub(lambda match: match[1], _HANGING.sub("", text))


def own_words(source: Source) -> str:
    """The most telling of a filing's short texts, freed of boilerplate; empty when there is none."""
    announcement = source.announcement
    if source.release:
        return source.release
    given = (announcement.headline, source.letter_subject, source.subject)
    texts = ["" if _ONLY_A_RULE.match(text.strip()) else cleaned(text) for text in given]
    for text in texts:
        if len(text.split()) > 3 and _tells(text):
            return text
    spare = [text for text in (texts[2], texts[0], texts[1]) if _tells(text)]
    opening = cleaned(source.opening)
    return spare[0] if spare else "" if _GARBLED.search(opening) else opening


def _tells(text: str) -> bool:
    is_said = bool(_BRACKETS.sub("", text).strip()) and not _EMPTY.match(text)
    return is_said and is_readable(text) and not _GARBLED.search(text)


def cleaned(text: str) -> str:
    """A subject or headline without the exchange's and the letter's set phrases.

    >>> cleaned("Announcement under Regulation 30 (LODR)-Award_of_Order_Receipt_of_Order")
    'Award of Order Receipt of Order'
    """
    given = mended(text.replace("_", " "))
    text = tidy(given)
    fewest = 4 if text[:8].lower() == "pursuant" else 2
    for pattern in (BOILERPLATE, _SUBJECT_WORD, _POLITE, _INFORMED, _UNDER):
        text = pattern.sub("", text)
    for pattern in (_CITED, _RELEASE):
        shorter = pattern.sub("", text)
        text = shorter if len(shorter.split()) >= fewest else text
    text = _POLITE.sub("", _LEADING_BRACKET.sub("", text))
    text = _closed(_CLICK.sub("", text).strip(" .,;:-–\"'“”").strip())
    return text if len(text.split()) > 1 or len(given.split()) <= _SHORT else tidy(given)


def _closed(text: str) -> str:
    """A text without a bracket at its end that was opened nowhere."""
    return text[:-1].rstrip() if text.endswith(")") and text.count(")") > text.count("(") else text
