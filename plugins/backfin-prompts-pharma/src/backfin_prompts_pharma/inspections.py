"""Facts of inspections: the plant, the days, the observations, and what the authority made of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from backfin.enrichment.rules.dates import DATE, parse_date
from backfin.enrichment.rules.quotes import Extract, Found, derived
from backfin.models import Fact
from backfin_prompts_pharma.text import Sentence, names, words

_NUMBERS = {
    **{"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8},
    **{"nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15},
    **{"sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20},
}
_N = rf"(?:\d{{1,2}}|{'|'.join(_NUMBERS)})"
#: A count of observations; one of repeated or grave ones alone is another count.
_COUNT = words(
    rf"(?<![\d.-])\b(?P<n>{_N})(?:\s?\(\s?{_N}\s?\))? (?:(?!repeat|critical|major|data|of\b)[a-z]+(?:-| )){{0,2}}"
    r"(?:form[- ]?483 )?observations?\b(?! (?:\w+ ){0,4}(?:repeat|data integrity))"
)
_NONE = words(
    r"\b(?:no|nil|without|without any) (?:form[- ]?483 )?(?:inspectional )?observations?\b"
    r"(?! (?:(?:that|which|were|was|are|is|of|on|in|with|to|the|any|respect|regard|relat\w+|pertain\w+|concerning"
    r"|regarding|about) ){0,5}(?:data|repeat|critical|major|integrity))"
    r"|\bno form[- ]?483\b(?! (?:relat|pertain))|\bwithout (?:any |the |a |issu\w+ |of )*form[- ]?483\b"
    r"|\b(?:did not|has not|not) issued? (?:any |a )?form[- ]?483\b"
)
_EARLIER = words(r"\b(?:previous|earlier|prior|last|past) (?:\w+ )?(?:inspection|audit|form)|\bpreviously\b")
_FORM = words(r"\bform[- ]?483\b")
_CLASS = words(
    r"\b(?P<code>OAI|VAI|NAI)\b|\b(?P<long>(?:official|voluntary|no) action indicated)\b",
)
_WAS = words(r"\b(?:from|earlier|previously|changed from|upgraded from)\s(?:status\s|the\s)?[(“\"]?$")
_NO_DATA_ISSUE = words(
    r"\b(?:none of (?:the|these) (?:\w+ ){0,2}observations?|no(?: \w+)? observations?|there (?:are|were|is) no)"
    r"[^.;]{0,50}\bdata[- ]integrity\b"
    r"|\bno (?:[a-z]+ ){0,3}data[- ]integrity(?: related)?(?: (?:issues?|observations?|concerns?|lapses?))?"
    r"|\bnot (?:related|relating|pertaining) to data[- ]integrity\b"
)
_DATA_ISSUE = words(
    r"\bdata[- ]integrity(?: related)? (?:issues?|observations?|concerns?|lapses?|deficienc\w+)"
)
_FEI = words(r"\bFEI\b(?: (?:no\.?|number))?[\s:#.()-]{0,4}(?P<fei>\d{7,10})\b")
_KINDS = (
    ("pre-approval", words(r"\bpre[\s-]{0,2}approval inspection\b|\bPAI\b")),
    ("for cause", words(r"\bfor[- ]cause inspection\b")),
    (
        "cGMP",
        words(r"\bc?GMP\b(?: \w+)? inspection\b|\bgood manufacturing practices? \(c?GMP\) inspection\b"),
    ),
)
_NOUN = r"(?:facilit(?:y|ies)|[Pp]lants?|[Ss]ites?|[Uu]nits?|[Cc]ent(?:re|er)s?)"
_MODIFIER = (
    r"(?:[A-Z][\w&./-]*|\([^()\n]{2,30}\)|(?:injectables?|oral|solid|dosage|sterile|formulations?|biologics?"
    r"|manufacturing|research|development|inhalation|bio-?equivalence|packaging|pharmaceuticals?|ophthalmic|topical"
    r"|drug|product|substance|finished|and|&|form|oncology)),?"
)
_PLACE = r"[A-Z][\w-]+(?: [A-Z][\w-]+)?"
_SITE = names(
    r"\b(?:at|of|for|to|from|[Ii]nspected|[Pp]laced|[Rr]emoved) (?:(?:[Ii]ts|[Oo]ur|[Tt]he|[Tt]heir|one of its"
    r"|[\w&.]+['’]s)"
    rf" ){{0,2}}(?P<site>(?:{_MODIFIER} ){{0,8}}{_NOUN}(?:[ -](?:[IVX]{{1,5}}|\d{{1,2}})\b)?"
    rf"(?: \((?!FEI)[^()\n]{{2,40}}\))?(?:,? (?:located |situated )?(?:in|at|near) {_PLACE}(?:, {_PLACE}){{0,3}}"
    rf"(?: \((?!FEI)[^()\n]{{2,30}}\))?)?)"
)
_BARE = re.compile(rf"(?:manufacturing\s+)?{_NOUN}")
_UNIT = names(r"\b(?P<site>(?:Unit|Plant|Block)[\s-]*(?:[IVX]{1,5}|\d{1,2})\b(?:,? \([^()\n]{2,40}\))?)")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DAY = r"\d{1,2}(?:\s?(?:st|nd|rd|th))?"
_TO = r"\s?(?:-|–|—|to|and|till|until|through)\s?"
_WHOLE = words(rf"(?P<start>{DATE}){_TO}(?P<end>{DATE})")
#: Spans that name month or year once: what is left out is taken from the other end.
_SHORT = (
    words(rf"(?P<m1>\b{_MONTH}) (?P<d1>{_DAY}){_TO}(?P<d2>{_DAY}),? (?P<y>\d{{4}})\b"),
    words(rf"(?P<m1>\b{_MONTH}) (?P<d1>{_DAY}){_TO}(?P<m2>{_MONTH}) (?P<d2>{_DAY}),? (?P<y>\d{{4}})\b"),
    words(rf"(?P<d1>\b{_DAY}){_TO}(?P<d2>{_DAY}) (?P<m1>{_MONTH}),? (?P<y>\d{{4}})\b"),
    words(rf"(?P<d1>\b{_DAY}) (?P<m1>{_MONTH}){_TO}(?P<d2>{_DAY}) (?P<m2>{_MONTH}),? (?P<y>\d{{4}})\b"),
)
_INSPECT = words(r"\binspect|\baudit")


def inspection_facts(sentences: Iterable[Sentence]) -> Extract:
    """Plant, FEI, days, kind, observations, classification and what is said of data integrity."""
    said = tuple(sentences)
    found = Extract()
    counts = tuple(_counts(said))
    if len({fact.value for fact in counts}) == 1:
        found.put("observations", counts[0])
    if len({fact.value for fact in counts}) > 1:
        return found  # several plants: what is said of one is not said of the other
    found.put("site", site_in(said))
    found.put("fei", _only((fei for s in said for fei in s.each(_FEI)), "fei"))
    for start, end in (span for s in said if s.has(_INSPECT) for span in _spans(s)):
        found.put("inspection_start", start)
        found.put("inspection_end", end)
    kinds = [match.fact(kind) for kind, pattern in _KINDS for s in said for match in s.each(pattern)]
    if len({fact.value for fact in kinds}) == 1:
        found.put("inspection_kind", kinds[0])
    found.put("classification", _classification(said))
    found.put("data_integrity", _data_integrity(said))
    return found


def site_in(sentences: Iterable[Sentence]) -> Fact | None:
    """The plant that is spoken of first by more than the word "facility"."""
    for sentence in sentences:
        for match in sentence.each(_SITE):
            if not _BARE.fullmatch(match["site"]):
                return match.text_fact("site")
        if unit := sentence.find(_UNIT):
            return unit.text_fact("site", 0.7)
    return None


def _counts(sentences: tuple[Sentence, ...]) -> Iterator[Fact]:
    """Counts of observations: of those sentences that name the form, else of those about the inspection."""
    now = [s for s in sentences if not s.has(_EARLIER)]
    for group in ([s for s in now if s.has(_FORM)], [s for s in now if s.has(_INSPECT)], now):
        counts = [fact for sentence in group for fact in _counts_in(sentence)]
        if counts:
            yield from counts
            return


def _counts_in(sentence: Sentence) -> Iterator[Fact]:
    for match in sentence.each(_COUNT):
        written = match["n"].lower()
        if written.isdigit():
            yield match.fact(int(written), 0.9)
        else:
            yield derived(_NUMBERS[written], match.fact(written))  # spelled out: read, not copied
    for match in sentence.each(_NONE):
        yield derived(0, match.fact("none"))


def _only(found: Iterable[Found], group: str) -> Fact | None:
    matches = list(found)
    return matches[0].text_fact(group, 0.9) if len({match[group] for match in matches}) == 1 else None


def _classification(sentences: tuple[Sentence, ...]) -> Fact | None:
    """The class an inspection has now; none when several are named for it."""
    now: list[Fact] = []
    for match in (m for s in sentences for m in s.each(_CLASS)):
        before = match.page.text[max(0, match.match.start() - 40) : match.match.start()]
        if not _WAS.search(before):
            code = match["code"] or "".join(word[0] for word in match["long"].split())
            now.append(match.fact(code.upper(), 0.9))
    return now[0] if len({fact.value for fact in now}) == 1 else None


def _data_integrity(sentences: tuple[Sentence, ...]) -> Fact | None:
    for pattern, value in ((_NO_DATA_ISSUE, "no"), (_DATA_ISSUE, "yes")):
        if match := next((m for s in sentences for m in s.each(pattern)), None):
            return match.fact(value)
    return None


def _spans(sentence: Sentence) -> Iterator[tuple[Fact, Fact]]:
    for match in sentence.each(_WHOLE):
        first, last = parse_date(match["start"]), parse_date(match["end"])
        if first and last and first <= last:
            yield match.fact(first.isoformat(), 0.9), match.fact(last.isoformat(), 0.9)
    for match in (m for pattern in _SHORT for m in sentence.each(pattern)):
        first, last = _ends(match)
        if first and last and first <= last:
            words_of = match.fact(None)
            yield derived(first.isoformat(), words_of), derived(last.isoformat(), words_of)


def _ends(match: Found) -> tuple[date | None, date | None]:
    parts = match.match.groupdict()
    second = parts.get("m2") or parts["m1"]
    return parse_date(f"{parts['d1']} {parts['m1']} {parts['y']}"), parse_date(
        f"{parts['d2']} {second} {parts['y']}"
    )
