"""Filings of low weight: what kind of paper it is, the rule it cites, the period it covers."""

from __future__ import annotations

import re

from backfin.enrichment.rules.dates import DATE
from backfin.enrichment.rules.quotes import Extract
from backfin.enrichment.rules.source import Source

#: Kinds of paper by words of the title, the most telling first.
_KINDS = (
    ("newspaper", re.compile(r"(?i)news ?papers?|advertisement")),
    ("trading window", re.compile(r"(?i)trading window")),
    (
        "loss of share certificate",
        re.compile(r"(?i)loss of (?:share )?certificate|duplicate (?:share )?certificate"),
    ),
    ("book closure", re.compile(r"(?i)book closure")),
    ("change of registrar", re.compile(r"(?i)(?:change|appointment) (?:of|in)\s?(?:the )?registrar")),
    ("certificate", re.compile(r"(?i)\bcertificate\b")),
    ("name change", re.compile(r"(?i)chang\w+ (?:of|in) (?:the )?(?:company'?s? )?name|name change")),
    ("change of address", re.compile(r"(?i)(?:shift\w*|change|relocat\w+)[^.\n]{0,50}(?:office|address)")),
    ("memorandum of association", re.compile(r"(?i)memorandum of association|\bmoa\b")),
    ("articles of association", re.compile(r"(?i)articles of association|\baoa\b")),
    ("MoU", re.compile(r"(?i)memorandum of understanding|\bmou\b")),
    ("reclassification of promoters", re.compile(r"(?i)reclassif\w+")),
)
#: Rules whose number alone says what the paper is.
_REGULATION = re.compile(
    r"(?i)\breg(?:ulation)?s?\.?\s?(?P<reg>74\s?\(5\)|39\s?\(3\)|40\s?\((?:9|10)\)|7\s?\(3\)|24\s?\(?A\)?"
    r"|31\s?\(?A\)?|32\s?\(1\)|76)(?!\d)"
)
_CLOSED = re.compile(
    rf"(?i)\b(?:clos\w*)\b[^.]{{0,60}}?\bfrom\s(?:\w+day,?\s(?:the\s)?)?(?P<period>(?:{DATE})\s{{1,3}}(?:to|till|until)"
    rf"\s{{1,3}}(?:\w+day,?\s(?:the\s)?)?(?:{DATE}))"
)


def extract_routine(source: Source) -> Extract:
    """Facts of ``routine``: kind of paper and regulation."""
    found = Extract()
    for kind, pattern in _KINDS:
        if pattern.search(source.title) and (match := source.search(pattern)):
            found.put("document_kind", match.fact(kind))
            break
    if "document_kind" in found.facts and (closed := source.search(_CLOSED, "clos")):
        found.put("period", closed.text_fact("period"))
    if (cited := source.search(_REGULATION)) and cited["reg"] in source.title:
        found.put("regulation", cited.fact("".join(cited["reg"].split())))
    return found
