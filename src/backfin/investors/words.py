"""The words that names in Indian filings share: titles, legal forms, words of trade, names of nobody."""

from __future__ import annotations

from collections.abc import Mapping

from backfin.investors.legal_forms import WRITTEN_FORMS

_TITLES_TEXT = """
    adv brig ca capt cdr cma col cs dame dr er gen hon justice km ku kum lady late lord lt maj master messrs
    miss mr mrs ms mx pandit prof pt retd sardar sh shree shri shrimati shrimathi shrimti sir smt sree sri srimati the
"""

#: Dropped in front of a name.
TITLES = frozenset(_TITLES_TEXT.split())

#: Honours and degrees behind a name.
HONOURS = frozenset(["cbe", "dsc", "esq", "ias", "ips", "irs", "kbe", "mbe", "md", "obe", "phd", "retd"])

#: Spellings of one word of a name.
SPELLINGS: Mapping[str, str] = {
    "corporation": "corp",
    "corpn": "corp",
    "company": "co",
    "companies": "cos",
    "brothers": "bros",
    "government": "govt",
    "gov": "govt",
    "intl": "international",
    "inds": "industries",
    "inv": "investments",
    "engg": "engineering",
    "mfg": "manufacturing",
    "tech": "technology",
    "technologies": "technology",
    **{phrase: form for phrase, form in WRITTEN_FORMS.items() if " " not in phrase},
}

#: Several words that mean one.
PHRASES: Mapping[str, str] = {
    " ".join(SPELLINGS.get(word, word) for word in phrase.split()): joined
    for phrase, joined in {
        **{phrase: form for phrase, form in WRITTEN_FORMS.items() if " " in phrase},
        "hindu undivided family": "huf",
        "h u f": "huf",
        "and family huf": "huf",
        "p ltd": "pvt ltd",
        "you xian gong si": "ltd",
        "youxian gongsi": "ltd",
        "co operative": "cooperative",
        "co op": "cooperative",
    }.items()
}

_BODY_WORDS_TEXT = """
    advisors advisory agencies agro airlines airways analytics apparels assets associates
    association authority bancorp biotech board broadcasting broking builders capital cement cements
    chemicals club co college commission committee commodities commotrade communications
    constructions consultancy consultants cooperative corp council department developers development
    distributors electronics energy engineering enterprise enterprises equities estates exim exports
    fabrics federation fertilizers films finance financial fincap finserv finvest foods foundation
    funds garments gas global group healthcare holding holdings hospital hospitals hotels impex
    industries infotech infra infrastructure institute international investment investments
    jewellers jewels laboratories leasing lifesciences logistics management manufacturing market
    markets media merchants metals mills minerals mining ministry motors municipal networks nigam
    nivesh oil opportunities partners petrochemicals petroleum pharma pharmaceuticals plastics
    polymers portfolio power products projects properties railway railways realtors realty resources
    retail school securities services shipping society software solutions stock systems technology
    telecom telecommunications textiles trade traders trading trusteeship udyog university vanijya
    ventures vinimay viniyog vyapaar vyapar wealth works
"""

#: Words that only bodies have in their names.
BODY_WORDS = frozenset(_BODY_WORDS_TEXT.split())

#: Words in a personal name that tell a man's from a woman's.
MALE_WORDS = frozenset(["bhai", "kumar", "lal", "singh", "sinh"])
FEMALE_WORDS = frozenset(["bai", "begum", "ben", "bhen", "devi", "kaur", "kumari"])

#: Parts of personal names that are added or left off freely.
SOFT_GIVEN_WORDS = (
    MALE_WORDS
    | FEMALE_WORDS
    | frozenset(
        ["das", "dass", "ji", "md", "mohamed", "mohammad", "mohammed", "mohd", "muhammad", "prasad", "rao"]
    )
)

_PARTICLES_TEXT = """
    al b bin binte binti bint bt da das de del della den der di do dos du el ibn la las le los of san ter ul
    uz van vom von zu
"""

#: Small words before a family name.
PARTICLES = frozenset(_PARTICLES_TEXT.split()) - {"b", "of", "san", "das"}

#: Which of several bearers of one name in a family is meant.
GENERATIONS: Mapping[str, str] = {
    **{word: word for word in ("jr", "sr", "ii", "iii", "iv")},
    "junior": "jr",
    "senior": "sr",
    "2nd": "ii",
    "3rd": "iii",
    "4th": "iv",
}

_NOBODY_WORDS_TEXT = """
    a acquirer acquirers acting all allottee allottees and any applicable applicant applicants
    authorised authorized available banks buyer buyers category chairman chairperson chief class co
    company concert corporate cos creditors customer customers d designated director directors
    eligible employee employees entities entity equity etc exchange exchanges executive executives
    existing financial foreign general group holder holders in individual individuals institution institutional
    institutions investor investors kmp lender lenders ltd managerial managing member members n na
    name nil no nominee nominees non none not of office officer officers other others our person
    personnel persons portfolio promoter promoters proposed public qib qibs qualified related
    relative relatives resident secretary seller sellers several shareholder shareholders signatory
    stock subscriber subscribers subtotal the total transferee transferees transferor transferors trustee
    trustees undisclosed unknown various vendor vendors
"""

#: Words of which entries that name nobody are made.
NOBODY_WORDS = frozenset(_NOBODY_WORDS_TEXT.split())

_GENERIC_WORDS_TEXT = """
    account alternative bank benefit employees escrow esop family growth india mutual option pvt scheme stock trust
    welfare
"""

#: Words that say nothing of which body is meant.
GENERIC_WORDS = NOBODY_WORDS | BODY_WORDS | frozenset(_GENERIC_WORDS_TEXT.split())
