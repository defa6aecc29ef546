"""Names of people and bodies, as far as rules can tell them from other words."""

from __future__ import annotations

import re

from backfin.models import PartyKind

#: Titles before a person's name.
TITLE = r"(?:mr|mrs|ms|dr|shri|smt|sri|sh|prof|ca|cs|adv|col|lt|capt|brig|justice)"

#: A person's name behind a title, up to five words.
_NEXT_PERSON = r"(?!(?:And|AND|Mr|Mrs|Ms|MR|MRS|MS|Dr|Shri|Smt)\b)"
PERSON = (
    rf"(?:\b(?i:{TITLE})(?:\.\s{{0,2}}|\s{{1,2}})(?:{_NEXT_PERSON}[A-Z][\w.'’-]{{0,24}}[ \n]){{0,4}}"
    rf"{_NEXT_PERSON}[A-Z][\w'’-]{{1,24}})"
)

#: A name of up to twelve words that starts with a capital.
_WORD = r"\(?[A-Z][\w&.,'’()/-]{0,40}"
_FIRST = r"[A-Z][\w&.,'’()/-]{0,40}"
_SMALL = r"of|and|for|the|&|ltd\b|limited\b|pvt\b|private\b"
#: Blanks within a name: never an empty line, which parts a subject from what follows it.
_BLANK = r"(?!\n\n)\s{1,2}"
PROPER = rf"(?:(?:M/s\.?\s?)?{_FIRST}(?:{_BLANK}(?:{_SMALL}|{_WORD})){{0,12}})"

#: The same, on one line of a form.
LINE = PROPER.replace(_BLANK, " ")

_KINDS = (
    (PartyKind.HUF, re.compile(r"(?i)\bhuf\b|hindu undivided")),
    (PartyKind.MUTUAL_FUND_SCHEME, re.compile(r"(?i)mutual fund|\bmf\b")),
    (
        PartyKind.AIF,
        re.compile(r"(?i)alternat\w+ investment|\baif\b|opportunities fund|venture (?:capital )?fund"),
    ),
    (
        PartyKind.FPI,
        re.compile(r"(?i)\bfpi\b|foreign portfolio|\bpcc\b|mauritius|singapore|cayman|luxembourg"),
    ),
    (PartyKind.INSURER, re.compile(r"(?i)insurance|assurance")),
    (PartyKind.BANK, re.compile(r"(?i)\bbank\b")),
    (PartyKind.LLP, re.compile(r"(?i)\bllp\b|limited liability partnership")),
    (PartyKind.TRUST, re.compile(r"(?i)\btrust(?:ee)?s?\b")),
    (
        PartyKind.GOVERNMENT,
        re.compile(
            r"(?i)\bsecurities and exchange board\b"
            r"|\b(?:government|govt|ministry|railways?|authority|municipal|department|commissioner"
            r"|nigam)\b"
        ),
    ),
    (
        PartyKind.COMPANY,
        re.compile(
            r"(?i)\b(?:limited|ltd|inc|plc|gmbh|corp(?:oration)?|company|s\.\s?r\.\s?o|llc|pte|pvt|private|industries"
            r"|group|limitada|ltda|s\.p\.a|k\.k|sdn|bhd|s\.a|a/s|industry|solutions|services"
            r"|holdings?|enterprises|ventures|capital|advisors|securities|infra\w*|technologies|fund)\b"
        ),
    ),
    (PartyKind.PARTNERSHIP, re.compile(r"(?i)& (?:co|associates|sons)\b|\bassociates\b|partnership")),
    (PartyKind.PERSON, re.compile(rf"(?i)^{TITLE}\b|^[A-Z][a-z]+(?: [A-Z]\.?)? [A-Z][a-z]+")),
)
_TAIL = re.compile(
    r"(?i)[\s,;:.(-]*(?:\b(?:and|for|of|the|has|have|is|was|as|at|on|in|to|by|vide|dated)\b[\s,;:.(-]*)+$"
)
_CUT = re.compile(
    r"\s*[-–:;]\s+|\s(?:In|For|Amounting|Worth|Dated|Towards|Under|Dear|Having|Nature|Particulars)\b"
    r"|\sSub\b(?!(?:\s[A-Z]\w+){1,3}\s(?:Limited|Ltd|Private|Pvt))"
    r"|,\s(?:a|an|the)\b|\s(?:of|for)\s(?i:Rs|INR|USD)\b"
)
_FORM = re.compile(r"(?i)\b(?:limited|ltd|llp|inc|plc|gmbh|llc)\b\.?")
_LEGAL = frozenset(("limited", "ltd", "private", "pvt", "llp", "inc", "the"))
#: Words of a sentence that run into a name: "Scheme of Amalgamation of", "Of The Share Capital Of".
_RUN_IN = re.compile(
    r"(?i)^(?:(?:of|and|in|the|voluntary|its|entire|balance|remaining|equity|share|shares|capital|scheme|amalgamation|arrangement"
    r"|merger|demerger|stake|shareholders?|holders?|public|eligible|press|media|release|dissolution|strike-?off|incorporation|liquidation|cessation|closure|infusion|acquisition|investment|further|additional|name"
    r"|business|undertaking|proposed|voting|rights|securities|fully|partly|paid|up)\s){0,8}(?:of|in)\s(?=[A-Z])"
)
#: Words within a name that "for" may follow: "Centre for Development of Telematics", not "NHAI for Jajau Fee Plaza".
_MAY_BE_FOR = frozenset(
    (
        *("Centre", "Center", "Institute", "Council", "Department", "Society", "Agency", "Mission", "Board"),
        *(
            "Foundation",
            "Fund",
            "Association",
            "Organisation",
            "Organization",
            "Commission",
            "Trust",
            "Authority",
            "Directorate",
            "Committee",
            "Forum",
            "Alliance",
            "Corporation",
            "Company",
        ),
    )
)
_FOR = re.compile(r"(?P<before>[\w)&.]+),?\sfor\s(?!Agriculture|Reconstruction)")
#: What runs into a name where every word begins with a capital: "Loan Sanction From".
_LEAD = re.compile(
    r"(?i)^(?:(?!\b(?:ltd|limited)\b).){0,80}\b(?:each|only|shares?|stake|sanction|loan|orders?"
    r"|received|dated)\b[^A-Za-z]{0,4}"
    r"(?:from|of|by|in)\s(?=[A-Z])"
)
_BY = re.compile(r"^.{3,80}?,\s(?i:by|from)\s(?=[A-Z])")
#: A full stop behind a form that is no abbreviation.
_STOPPED = re.compile(r"(?i)(?<=limited)\.$|(?<=llp)\.$|(?<=llc)\.$")
_PREFIX = re.compile(
    r"(?i)^(?:(?:(?:dear\s)?(?:sirs?|madam|ma['’]am)(?:\s?/\s?(?:madam|sirs?))?,|m/s\.?|the|our"
    r"|one of the|(?:the )?(?:public |eligible )?(?:share)?holders of|promoters? of"
    r"|members of|attention of|i\.\s?e\.,?)\s+)+"
)


def kind_of_name(name: str) -> PartyKind:
    """What kind of party a name is, by its words.

    >>> kind_of_name("Alpha Growth LLP").value, kind_of_name("Mr. Rohan Mehta").value
    ('llp', 'person')
    """
    for kind, pattern in _KINDS:
        if pattern.search(name):
            return kind
    return PartyKind.PERSON if _looks_personal(name) else PartyKind.UNKNOWN


def _looks_personal(name: str) -> bool:
    words = name.split()
    return 2 <= len(words) <= 5 and all(word[:1].isupper() and word.strip(".").isalpha() for word in words)


#: Words that end a person's name where every word begins with a capital.
_BEHIND_PERSON = re.compile(
    r"\s(?i:as|is|was|has|have|had|from|for|to|in|on|at|of|with|the|an?(?!\.)|by|who|and|its|our|due"
    r"|effective"
    r"|w\.?e\.?f|din|pan|having|holding|being|will|shall|s/o|d/o|w/o|age[d]?|son|wife|director|directors"
    r"|independent|non|executive"
    r"|chief|company|managing|whole|chairman|chairperson|promoter|additional|member|resigned?|appointed?"
    r"|designated)\b.*$"
)


_SENTENCE_END = re.compile(r"(?<=[a-z]{2})\.\s.*$")


def clean_person(text: str) -> str:
    """A person's name without the words behind it.

    >>> clean_person("Mr. Atanu Rao As A Part-Time")
    'Mr. Atanu Rao'
    """
    name = clean_name(_BEHIND_PERSON.sub("", " ".join(text.split())))
    title, _, rest = name.partition(" ")
    return f"{title} {_SENTENCE_END.sub('', rest)}".strip(" ,(-")


_NO_NAME = re.compile(
    r"(?i)^(?:company['’]s|crores?\b|lakhs?\b|whether|if|yes|not?|as|who|which|such|other|before"
    r"|after|details)\b|\bregulations?\b|\bsebi\b"
    r"|\bsecurities\b(?!\s(?:limited|ltd|private|pvt|services|co\b|\(|india (?:limited|ltd|private|pvt)))"
    r"|^(?:category|type|designated"
    r"|name|address|details"
    r"|promoter$|no$|pan$|dear|sub"
    r"|pursuant|today|company$|approx|rs\b|inr\b|bse\b|nse\b|board|exchange|india$|order|normal|period"
    r"|company\.|office$|settlement$|national$|north america$|usa$|singapore$|central psu$|dubai based$"
    r"|(?:january|february|march|april|may|june|july|august|september|october|november|december)(?:$|,|\s\d)"
    r"|(?:the )?financial year\b"
    r"|letter|significant|nature|broad|time\b|refer|confidential|undisclosed|reputed|leading"
    r"|renowned|prestigious|post$|nil$|material$|multiple$|various$|domestic$|one$|two$|stake$"
    r"|shares?\b"
    r"|(?:various|multiple|several|different|many|new|existing|our|domestic|overseas|international|foreign|esteemed)\b"
    r".{0,40}\b(?:customers?|clients?|parties|buyers?|compan(?:y|ies)|entit(?:y|ies)|vendors?)$"
    r"|.*\bregions?$|.*\bcountr(?:y|ies)$|all$|any$|its$)"
)


def is_name(name: str) -> bool:
    """Whether a cleaned name can be one, and is no label of a form.

    >>> is_name("NTPC Limited"), is_name("Category Designated Person")
    (True, False)
    """
    return len(name) > 2 and _NO_NAME.search(name) is None


def bare(name: str) -> list[str]:
    """A name's words without its legal form.

    >>> bare("Sagarika Forge Private Ltd.")
    ['sagarika', 'forge']
    """
    return [word for word in re.findall(r"[\w&]+", name.casefold()) if word not in _LEGAL]


def is_of_issuer(name: str, issuer: str) -> bool:
    """Whether a name is the issuer's own, in whatever form of it.

    >>> is_of_issuer("Sagarika Forge Limited", "Sagarika Forge Ltd"), is_of_issuer("Sagarika Steel", "Sagarika Forge")
    (True, False)
    """
    return bare(name) == bare(issuer) or not bare(name)


def clean_name(text: str) -> str:
    """A name without trailing little words, brackets left open, or anything behind its legal form.

    >>> clean_name("NTPC Limited for supply of")
    'NTPC Limited'
    """
    name = _BY.sub("", _LEAD.sub("", _RUN_IN.sub("", " ".join(text.split()))))
    name = _CUT.split(name, maxsplit=1)[0]
    if (purpose := _FOR.search(name)) and purpose["before"] not in _MAY_BE_FOR:
        name = name[: purpose.end("before")]
    if form := _FORM.search(name):
        name = name[: form.end()]
    name = _TAIL.sub("", name)
    name = _PREFIX.sub("", name).strip(" ,;:-–\"'“”")
    if name.startswith("(") and name.count("(") > name.count(")"):
        name = name[1:]
    if name.count("(") > name.count(")"):
        name = name[: name.rindex("(")].rstrip(" ,")
    name = _STOPPED.sub("", name)
    return name if _FORM.search(name) or name.endswith(" Co.") else name.rstrip(".")
