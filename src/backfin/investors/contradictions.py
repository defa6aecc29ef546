"""What two names say beside themselves that they cannot both say of one bearer: relatives, numbers."""

from __future__ import annotations

from collections.abc import Collection

from backfin.investors.clauses import numbers_of, relatives_of
from backfin.investors.comparison import Comparison
from backfin.investors.holders import with_holders
from backfin.investors.latin import to_latin
from backfin.investors.names import normal_form
from backfin.investors.persons import are_different
from backfin.models import Scheme

#: How alike two names are at most that stand with different relatives: for a person to look at.
_OF_OTHERS = 0.7

#: And with different numbers.
_OTHER_NUMBERS = 0.3


def with_clauses(found: Comparison, one: str, other: str) -> Comparison:
    """The comparison of two names, given what they state as they are written beside their normal forms.

    Relatives and numbers hold it down; commas may part joint holders.
    """
    found = with_holders(found, one, other)
    one, other = (to_latin(name).casefold() for name in sorted((one, other)))
    if scheme := _different_number(one, other):
        return found.at_most(_OTHER_NUMBERS, f"They have different {scheme}s.")
    if why := _different_relative(one, other):
        return found.at_most(_OF_OTHERS, why)
    return found


def contradiction(one: str, other: str) -> str:
    """In what two names as they are written contradict each other; empty where in nothing.

    >>> contradiction("Asha Mehra w/o Ravi", "Asha Mehra w/o Anil"), contradiction("Asha DIN 1234567", "Asha")
    ('relatives', '')
    """
    one, other = (to_latin(name).casefold() for name in (one, other))
    if scheme := _different_number(one, other):
        return f"{scheme}s"
    return "relatives" if _different_relative(one, other) else ""


def is_other_number(scheme: Scheme, value: str, known: Collection[str]) -> bool:
    """Whether a number is none of those known of one bearer, so that it is somebody else's.

    Of a PAN the last characters may be known alone. A company keeps the year and the number of its CIN when it is
    listed.

    >>> is_other_number(Scheme.CIN, "L65990MH2001PLC123456", ["U65990MH2001PTC123456"])
    False
    """
    return bool(known) and not any(_is_same(scheme, value, each) for each in known)


def _is_same(scheme: Scheme, one: str, other: str) -> bool:
    if scheme is Scheme.CIN:
        return (one[8:12], one[-6:]) == (other[8:12], other[-6:])
    length = min(len(one), len(other))
    return one[-length:] == other[-length:]


def _different_number(one: str, other: str) -> str:
    """The name of the first scheme of which both state numbers, and none in common."""
    ours, theirs = numbers_of(one), numbers_of(other)
    for scheme in Scheme:
        values, known = ours.get(scheme, ()), theirs.get(scheme, ())
        if values and all(is_other_number(scheme, value, known) for value in values):
            return scheme.value.upper()
    return ""


def _different_relative(one: str, other: str) -> str:
    ours, theirs = relatives_of(one), relatives_of(other)
    for kind in sorted(ours.keys() & theirs.keys()):
        a, b = ours[kind], theirs[kind]
        words = normal_form(a).split(), normal_form(b).split()
        if all(words) and are_different(*words):
            return f"One is {kind} “{a}”, the other {kind} “{b}”."
    return ""
