"""Facts of a drug: its name and strength, the brand it equals, its market, and how long it is sold alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from backfin.enrichment.rules.quotes import Extract, Found, evidence
from backfin.models import Fact
from backfin.models.money import money_of
from backfin.models.money_text import find_amounts
from backfin_prompts_pharma.text import Sentence, names, words

_STOP = (
    r"(?:[Ff]or"
    r"|[Ff]rom|[Oo]f|[Tt]he|[Ii]ts|[Ii]n|[Tt]o|[Hh]as|[Bb]y|[Ww]ith|[Ww]hich|[Ii]s|[Aa]re"
    r"|[Gg]eneric|[Aa]pproval"
    r"|(?:[a-z]+ )?[Aa]pplication|[Rr]eceives|[Ll]aunch\w*|[Aa]nnounce\w*|[Ff]inal"
    r"|[Tt]entative|[Mm]anufacture|[Mm]arket"
    r"|USFDA|FDA|ANDA|Ltd|Limited|Inc|RLD|USRLD|Reference|Listed|Drug|Company|Group|Pharma"
    r"|Pharmaceuticals?|Abbreviated|New)"
)
_FORM = (
    r"(?:[Tt]ablets?|[Cc]apsules?|[Ii]njections?|[Oo]intment|[Cc]ream|[Gg]el|[Ss]uspension|[Ss]olution|[Ll]otion"
    r"|[Ss]pray"
    r"|[Aa]erosol|[Ii]nhaler|[Ss]yrup|[Pp]owder|[Pp]atch(?:es)?|[Ss]uppositories|[Ss]oftgels?|[Gg]ranules|[Dd]rops|[Ff]oam"
    r"|[Ss]hampoo|[Ee]mulsion|[Ll]ozenges|[Vv]ials?|[Ss]yringes?|[Pp]ens?|[Ff]ilms?|[Ii]mplants?|[Tt]ransdermal System)"
)
_UNIT = r"(?:mg|mcg|µg|g|m[Ll]|%|IU|units?)"
_DOSE = rf"\d[\d.,]*\s?{_UNIT}(?:\s?/\s?[\d.]*\s?(?:{_UNIT}|actuation|vial|hour|hr|day|spray)\b)*"
PRODUCT = names(
    rf"\b(?P<name>(?!{_STOP}\b)[A-Z][\w®™/+-]{{2,40}},?(?: (?!{_STOP}\b)[\w®™()/+&-]{{1,30}},?){{0,7}}?"
    rf" (?:for )?{_FORM}\b(?: {_FORM}\b)?)(?:,? (?:USP|BP|IP)\b)?"
    rf"(?P<rest>[\s,(]{{1,3}}(?P<strength>{_DOSE}(?:(?:\s?,\s?|\s?,?\s(?:and|&)\s|\s?/\s?){_DOSE}){{0,9}}))?"
)
#: A drug without its form, right behind the application's name.
_APPLIED = names(
    r"\b(?:ANDA|NDA|BLA|CEP|EDQM|DMF|[Aa]pplication)"
    r"(?: \(?No\.? \d{4,6})?\)?,? (?:for |of )(?:the |its |a )?(?:generic )?"
    rf"(?P<name>(?!{_STOP}\b)[A-Z][\w®™/+-]{{3,40}}(?: (?:[A-Z][\w-]+|[a-z]+ate|and|hydrochloride)){{0,3}})"
)
_BRAND = (
    rf"(?P<name>(?!(?:The|Reference|Listed|Drug|Product|RLD)\b)[A-Z][\w'’-]{{2,30}}[®™]?"
    rf"(?: (?:[A-Z][\w'’-]*[®™]?|{_FORM})){{0,4}})"
)
_REFERENCES = (
    names(rf"\b(?:US)?RLD\)?(?:\s?[:,–-]| is)? (?:the )?(?:drug )?{_BRAND}"),
    names(rf"\b[Rr]eference [Ll]isted [Dd]rug(?: product)?(?: \((?:US)?RLD\))?\s?[,:]? (?:of )?{_BRAND}"),
    names(
        r"\b(?:(?:[Gg]eneric|[Tt]herapeutic(?:ally)?|AB-rated|AP-rated) )+"
        r"(?:equivalent|version|form) (?:to|of) (?:the )?" + _BRAND
    ),
    names(r"\b[Bb]ioequivalent (?:and therapeutically equivalent )?to (?:the )?" + _BRAND),
    names(r"\bgeneric (?:to|for) " + _BRAND),
)
_OWNER = names(
    r"(?:[^.;]|\.\d){0,80}?\b(?:of|from|by) (?P<owner>[A-Z][\w&'’-]+(?:,? [A-Z&][\w&'’.-]*){0,6}?"
    r"(?:,? (?:(?:Inc|Ltd|Corp|Co)\b\.?|(?:LLC|Corporation|Limited|Company|plc|AG|GmbH|LP|SA|Pharmaceuticals)\b))+)"
)
_INDICATED = words(r"\bindicated (?:for|to|as|in) (?P<text>[^.;]{5,160})")
_CUE = words(
    r"\bmarket size\b|\bannual (?:U\.?S\.? )?(?:sales|market)|\b(?:estimated|total|achieved|recorded|had|brand|US"
    r"|U\.S\.)"
    r" (?:U\.?S\.? )?(?:annual )?(?:net )?(?:sales|market)\b|\baddressable market\b|\bmarket (?:of|opportunity|value)\b"
)
_OF_ALL = words(
    r"\bIQVIA\b|\bIMS\b|\bmarket\b|\bbrand\b|\bRLD\b|\breference\b|\bU\.?S\.?A?\b|\bUnited States\b|[®™]"
)
_OF_COMPANY = words(
    r"\b(?:revenues?|turnover|order|contract|supply agreement|capex|invest\w*)\b|\b(?:company|group|our|we|its"
    r"|consolidated)"
    r"\b[^;]{0,40}\bsales\b|\bsales (?:of|by) (?:the|our) (?:company|group)\b"
)
_SOURCE = words(r"\b(?P<name>IQVIA|IMS Health|IMS|Symphony|AWACS)\b")
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_PERIOD = words(
    rf"\b(?P<text>(?:(?:12|twelve)[- ]months?(?: period)? (?:ending|ended)(?: in)?|MAT(?: ending)?)"
    rf",? {_MONTH}\.?,?(?: \d{{1,2}},?)?['’ ]\s?\d{{2,4}})\b"
)
_EXCLUSIVE = words(r"\b(?P<n>\d{2,3})[- ]days?['’]?(?: of)?(?: [\w()/-]+){0,5}? exclusivity\b")
_NOT = words(r"\b(?:not|no|without|expired|forfeit\w*|waived|subject to|until|after)\b")
_FIRST = words(
    r"\bfirst[- ]to[- ]file\b|\bFTF\b|\b(?:one of )?(?:the )?first (?:ANDA )?applicants?\b|\bfirst generic\b"
)
_REACH = 120


def put_drug(found: Extract, sentences: Iterable[Sentence], about: re.Pattern[str]) -> None:
    """Adds the drug that the sentences name first behind ``about``, and its strength wherever it is told of it."""
    said = tuple(sentences)
    told = [match for sentence in said for match in _behind(sentence, about)]
    if not told:
        return
    found.put("product", told[0].text_fact("name"))
    drug = told[0]["name"].casefold()
    for match in (m for s in said for m in s.each(PRODUCT)):
        if match["strength"] and match["name"].casefold() == drug:
            found.put("strength", match.text_fact("strength"))


def put_reference(found: Extract, sentences: Iterable[Sentence]) -> None:
    """Adds the brand that the drug equals, and whose it is."""
    said = tuple(sentences)
    told = [match for pattern in _REFERENCES for sentence in said for match in sentence.each(pattern)]
    if not told:
        return
    found.put("reference_drug", told[0].text_fact("name"))
    brand = told[0]["name"].split()[0]
    for match in told:
        end = match.match.end()
        owner = (
            _OWNER.match(match.page.text, end, end + _REACH) if match["name"].split()[0] == brand else None
        )
        if owner is not None:
            found.put("reference_owner", Found(match.page, owner).text_fact("owner", 0.7))


def _behind(sentence: Sentence, about: re.Pattern[str]) -> Iterator[Found]:
    start = sentence.find(about)
    if start is not None:
        rest = Sentence(sentence.page, start.match.start(), sentence.end)
        found = rest.find(PRODUCT) or rest.find(_APPLIED)
        if found is not None:
            yield found


def put_market(found: Extract, sentences: Iterable[Sentence]) -> None:
    """Adds what all makers sell of the drug, who counted it, and over which months; never sales of the company."""
    for sentence in sentences:
        size = _market_in(sentence)
        if size is None:
            continue
        found.put("market_size", size)
        if source := sentence.find(_SOURCE):
            found.put("market_source", source.text_fact("name"))
        if period := sentence.find(_PERIOD):
            found.put("market_period", period.text_fact("text"))
        return


def put_rights(found: Extract, sentences: Iterable[Sentence]) -> None:
    """Adds what the drug is for, and the days of exclusivity."""
    for sentence in sentences:
        if indicated := sentence.find(_INDICATED):
            found.put("indication", indicated.text_fact("text", 0.7))
        days = sentence.find(_EXCLUSIVE)
        if days is not None and not sentence.has(_NOT):
            found.put("exclusivity_days", days.fact(int(days["n"])))


def first_to_file(sentences: Iterable[Sentence]) -> Fact | None:
    """``yes`` where a sentence says that the company was among the first to apply."""
    match = next((m for s in sentences if not s.has(_NOT) for m in s.each(_FIRST)), None)
    return match.fact("yes", 0.7) if match else None


def _market_in(sentence: Sentence) -> Fact | None:
    if not sentence.has(_OF_ALL) or sentence.has(_OF_COMPANY):
        return None
    text = sentence.page.text
    for cue in sentence.each(_CUE):
        start = cue.match.start()
        window = text[start : min(sentence.end, cue.match.end() + _REACH)]
        for amount in find_amounts(window):
            if amount.currency is not None:
                place = evidence(sentence.page, start, start + amount.end)
                return Fact(value=money_of(window, amount), evidence=(place,), confidence=0.85)
    return None
