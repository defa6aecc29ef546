"""Identifiers of persons and bodies: which texts can be one, and whose kind they fit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backfin.investors.kinds import class_of
from backfin.models import PartyKind, Scheme

#: What a PAN is of, by its fourth letter: persons, families, and bodies of all kinds.
_PERSON, _FAMILY, _BODIES = "P", "H", "ABCFGJLT"
_PAN = re.compile(rf"[A-Z]{{3}}[{_PERSON}{_FAMILY}{_BODIES}][A-Z]\d{{4}}[A-Z]", re.ASCII)
_STATES = (
    "AN AP AR AS BR CH CT CG DD DH DL DN GA GJ HP HR JH JK KA KL LA LD LH MH ML MN MP MZ NL OD OR PB PN PY RJ SK"
    " TG TN TR TS TZ UK UP UR UT WB"
)
_CIN = re.compile(
    rf"[LU]\d{{5}}(?:{'|'.join(_STATES.split())})(?:18[5-9]|19\d|20\d)\d"
    r"(?:PLC|PTC|GOI|SGC|FLC|FTC|NPL|OPC|ULL|ULT|GAP|GAT)\d{6}",
    re.ASCII,
)
_DIN = re.compile(r"(?!0{8})\d{8}", re.ASCII)
_LEI = re.compile(r"[A-Z0-9]{18}\d{2}", re.ASCII)
_WHOLE = {Scheme.PAN: _PAN, Scheme.CIN: _CIN, Scheme.DIN: _DIN, Scheme.LEI: _LEI}

_NO = r"[\s.:#)(–-]{0,4}(?:(?i:no|number|is)\b[\s.:#–-]{0,4})?"
#: How each is written in a sentence or a table; what could be another number counts behind its label only.
_WRITTEN = tuple(
    (scheme, re.compile(pattern))
    for scheme, pattern in (
        (Scheme.PAN, rf"(?:(?i:\bPAN\b){_NO})?(?P<value>{_PAN.pattern})(?![A-Za-z0-9])"),
        (Scheme.CIN, rf"(?:(?i:\bCIN\b){_NO})?(?P<value>{_CIN.pattern})(?![A-Za-z0-9])"),
        (Scheme.DIN, rf"(?i:\bDIN\b){_NO}(?P<value>{_DIN.pattern})(?!\d)"),
        (Scheme.LEI, rf"(?i:\bLEI\b){_NO}(?:(?i:code)\b{_NO})?(?P<value>{_LEI.pattern})(?![A-Za-z0-9])"),
    )
)


def read_identifier(scheme: Scheme, text: str) -> str | None:
    """An identifier as it is kept, of a PAN its last four characters; ``None`` for a text that can be none.

    >>> read_identifier(Scheme.LEI, "335800KTNQ4CXW5GSA94"), read_identifier(Scheme.LEI, "335800KTNQ4CXW5GSA95")
    ('335800KTNQ4CXW5GSA94', None)
    >>> read_identifier(Scheme.PAN, "abcpm1234f"), read_identifier(Scheme.DIN, "1234567")
    ('234F', '01234567')
    """
    plain = "".join(text.split()).upper()
    if scheme is Scheme.DIN and plain.isascii() and plain.isdigit() and 5 <= len(plain) <= 8:
        # A table program drops the zeros in front.
        plain = plain.zfill(8)
    if not _WHOLE[scheme].fullmatch(plain) or (scheme is Scheme.LEI and not is_lei(plain)):
        return None
    return plain[-4:] if scheme is Scheme.PAN else plain


def is_lei(text: str) -> bool:
    """Whether the last two of twenty characters check the others, as ISO 17442 has it."""
    if len(text) != 20 or not text.isascii() or not text.isalnum():
        return False
    return int("".join(str(int(char, 36)) for char in text)) % 97 == 1


def identifiers_in(text: str, at: int) -> Iterator[tuple[Scheme, str, int]]:
    """Every identifier that begins at a place of a text, with the place where it ends."""
    for scheme, pattern in _WRITTEN:
        match = pattern.match(text, at)
        value = read_identifier(scheme, match["value"]) if match else None
        if match and value:
            yield scheme, match["value"], match.end()


def fits(scheme: Scheme, whole: str, kind: PartyKind) -> bool:
    """Whether an identifier can be of that kind of investor.

    Args:
        scheme: Which.
        whole: As it is written, of a PAN all of it.
        kind: What the investor is; anything fits what is not known.
    """
    if kind is PartyKind.UNKNOWN:
        return True
    if scheme is Scheme.PAN:
        wanted = {"person": _PERSON, "huf": _FAMILY}.get(class_of(kind), _BODIES)
        return whole[3].upper() in wanted
    return (class_of(kind) in ("person", "huf")) == (scheme is Scheme.DIN) and kind is not PartyKind.HUF
