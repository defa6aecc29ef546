"""Legal forms of the world: how they are written, and which of them are one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_WRITTEN = """
    llp: limited liability partnership, l l p
    llc: limited liability company, l l c, ooo, obshchestvo s ogranichennoi otvetstvennostyu, tov, fz llc
    plc: public limited company, public ltd co, p l c
    ojsc: open joint stock company, oao, otkrytoe aktsionernoe obshchestvo
    pjsc: public joint stock company, pao, publichnoe aktsionernoe obshchestvo
    cjsc: closed joint stock company, zao
    jsc: joint stock company, aktsionernoe obshchestvo
    gmbh: gesellschaft mit beschrankter haftung, gesellschaft mbh, g m b h, ges m b h
    ag: aktiengesellschaft
    kg: kommanditgesellschaft
    sarl: s a r l, s a rl, societe a responsabilite limitee
    spa: s p a, societa per azioni
    srl: s r l, societa a responsabilita limitata
    spzoo: sp z o o, sp z oo, sp zoo, spolka z o o, spolka z ograniczona odpowiedzialnoscia, spolka z oo
    sro: s r o, spol s r o
    doo: d o o
    sacv: s a de c v, sa de cv
    sl: sociedad limitada
    sa: societe anonyme, sociedad anonima, sociedade anonima, anonymi etairia, anonumi etaireia, anonymi etaireia
    bv: besloten vennootschap
    nv: naamloze vennootschap
    ab: aktiebolag
    oy: osakeyhtio
    as: aksjeselskap, aktieselskab, anonim sirketi, akciova spolecnost
    kft: korlatolt felelossegu tarsasag
    ltda: limitada
    kk: kabushiki kaisha, kabushiki gaisha
    bhd: berhad
    sdn: sendirian
    wll: with limited liability, w l l
    fze: f z e, free zone establishment
    fzc: free zone company
    opc: one person company
    pty: proprietary
    pvt: private
    inc: incorporated
    ltd: limited
"""

#: A phrase, as the words of a name, and the legal form it means.
WRITTEN_FORMS: Mapping[str, str] = {
    phrase.strip(): form.strip()
    for line in _WRITTEN.strip().splitlines()
    for form, phrases in [line.split(":")]
    for phrase in phrases.split(",")
}

#: Letters that are a legal form only where the bearer is known for a body: persons have them as initials.
LETTER_FORMS: Mapping[tuple[str, str], str] = {
    (form[0], form[1]): form
    for form in "sa ag ao as bv nv kk lp sl ab oy kg se ae pt".split()  # noqa: SIM905
}

_MORE_FORMS = "ao lp pte pt tbk ae aps asa oyj se sas snc sca scs zrt nyrt ulc dac icav sicav fzco eood ood"

#: Every legal form as normal forms spell it.
LEGAL_FORMS = frozenset(WRITTEN_FORMS.values()) | frozenset(_MORE_FORMS.split())

_PRIVATE = frozenset(["pvt", "pte", "pty", "sdn"])
_LIMITED = frozenset(["ltd", "bhd", "kk"])
_LIKE: Mapping[str, str] = {
    "ae": "sa",
    "ao": "jsc",
    "asa": "as",
    "oyj": "oy",
    "wll": "llc",
    "oao": "ojsc",
    "sacv": "sa",
}


def form_class(words: Iterable[str]) -> str:
    """The legal form that the words of a name state, in one word; empty where they state none.

    >>> form_class(["pine", "pte", "ltd"]), form_class(["pine", "sdn", "bhd"]), form_class(["pine"])
    ('private', 'private', '')
    """
    found = [word for word in words if word in LEGAL_FORMS]
    if _PRIVATE.intersection(found):
        return "private"
    rest = sorted({_LIKE.get(word, word) for word in found if word not in _LIMITED and word != "tbk"})
    if rest:
        return "+".join(rest)
    return "limited" if found else ""
