"""Joint holders that a name lists with commas or a stroke: "Asha Mehra, Ravi Mehra"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from backfin.investors.comparison import Comparison, verdict
from backfin.investors.names import kind_of_form, normal_form
from backfin.investors.persons import compare_persons
from backfin.investors.words import PARTICLES
from backfin.models import PartyKind

#: A stroke within a word, as in "s/o" and "a/c", parts no names.
_COMMA = re.compile(r"[,;]|\s/\s|(?<=\w\w)/(?=\w\w)")

#: Two lists of the same persons of which one was read by its commas; commas part a surname from given names too.
_SAME_LIST = 0.95


@dataclass(frozen=True, slots=True)
class _Holders:
    """The normal form of a name with its holders parted by "and", and whether it can be nothing but a list."""

    form: str
    is_sure: bool


def with_holders(found: Comparison, one: str, other: str) -> Comparison:
    """The comparison of two names, made anew where one lists with commas the holders that the other joins by words.

    A comma may stand between a surname and given names. So it counts where the other name is of joint holders, or
    where the persons it parts share a surname.
    """
    if found.score == 1 or not (_COMMA.search(one) or _COMMA.search(other)):
        return found
    ours, theirs = _holders(one), _holders(other)
    is_listed = ours.form != normal_form(one) or theirs.form != normal_form(other)
    if not is_listed or not (ours.is_sure or theirs.is_sure):
        return found
    if ours.form == theirs.form:
        return verdict(_SAME_LIST, "The same joint holders, parted by commas or by words.")
    return compare_persons(*sorted((ours.form.split(), theirs.form.split())))


def _holders(name: str) -> _Holders:
    form = normal_form(name)
    parts = [part for text in _COMMA.split(name) for part in normal_form(text).split(" and ") if part]
    is_list = len(parts) > 1 and all(map(_is_person, parts))
    is_joined = " and " in form
    if not is_list or len(parts) <= form.count(" and ") + 1:
        return _Holders(form, is_sure=is_joined and kind_of_form(form) is PartyKind.PERSON)
    return _Holders(" and ".join(parts), is_sure=is_joined or _share_surname(parts))


def _is_person(form: str) -> bool:
    return len(form.split()) > 1 and kind_of_form(form) is PartyKind.PERSON


def _share_surname(parts: list[str]) -> bool:
    one, other = parts[0].split(), parts[1].split()
    return any(
        one[place] == other[place] and len(one[place]) > 1 and one[place] not in PARTICLES
        for place in (0, -1)
    )
