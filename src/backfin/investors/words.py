"""The words that names in Indian filings share: titles, legal forms, words of trade, names of nobody."""

from __future__ import annotations

from collections.abc import Mapping

_TITLES_TEXT = """
    adv ca capt col cs dr er justice kum late lt messrs miss mr mrs ms mx prof shree shri shrimati
    smt sree sri the
"""

#: Dropped in front of a name.
TITLES = frozenset(_TITLES_TEXT.split())

#: Spellings of one legal form or word of a name.
SPELLINGS: Mapping[str, str] = {
    "limited": "ltd",
    "private": "pvt",
    "incorporated": "inc",
    "corporation": "corp",
    "corpn": "corp",
    "company": "co",
    "companies": "cos",
    "brothers": "bros",
    "government": "govt",
    "intl": "international",
    "inds": "industries",
    "inv": "investments",
    "engg": "engineering",
    "mfg": "manufacturing",
    "tech": "technology",
    "technologies": "technology",
}

#: Several words that mean one, longest first.
PHRASES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("limited", "liability", "partnership"), "llp"),
    (("hindu", "undivided", "family"), "huf"),
    (("public", "ltd", "co"), "plc"),
    (("l", "l", "p"), "llp"),
    (("h", "u", "f"), "huf"),
    (("p", "ltd"), "pvt ltd"),
    (("i", "pvt"), "india pvt"),
)

_LEGAL_FORMS_TEXT = """
    ag bv corp gmbh inc llc llp lp ltd nv plc pte pty pvt sa sarl
"""

#: Legal forms; two names with different ones are different bodies.
LEGAL_FORMS = frozenset(_LEGAL_FORMS_TEXT.split())

_BODY_WORDS_TEXT = """
    advisors advisory agencies agro analytics associates broking builders capital chemicals co
    commodities constructions consultancy consultants cooperative corp developers distributors
    electronics energy engineering enterprise enterprises equities estates exim exports finance
    financial fincap finserv finvest foods foundation global group healthcare holding holdings impex
    industries infotech infra infrastructure international investment investments leasing logistics
    management manufacturing market markets merchants mills partners pharma plastics power products
    projects properties realtors realty resources retail securities services society software
    solutions stock systems technology textiles trade traders trading university ventures wealth
    works
"""

#: Words that only bodies have in their names.
BODY_WORDS = frozenset(_BODY_WORDS_TEXT.split())

#: Words so common in names of bodies that sharing them says little.
COMMON_WORDS = (
    BODY_WORDS
    | LEGAL_FORMS
    | frozenset(
        [
            "and",
            "bank",
            "fund",
            "india",
            "indian",
            "mutual",
            "new",
            "of",
            "scheme",
            "trust",
            "trustee",
            "a",
            "c",
        ]
    )
)

#: Parts of personal names that are added or left off freely.
SOFT_GIVEN_WORDS = frozenset(["bai", "ben", "bhai", "devi", "ji", "kumar", "kumari", "lal", "rao", "singh"])

_NOBODY_WORDS_TEXT = """
    a acting all and any applicable available banks buyers category class co company concert corporate
    cos creditors customer customers d eligible employee employees entities entity equity etc
    existing financial foreign general group holder holders in individual individuals institution
    institutional institutions investor investors lenders ltd member members n na name nil no non
    none not of office other others our person persons portfolio promoter promoters public qib qibs
    qualified related resident several shareholder shareholders subtotal the total undisclosed
    unknown various
"""

#: Words of which entries that name nobody are made.
NOBODY_WORDS = frozenset(_NOBODY_WORDS_TEXT.split())
