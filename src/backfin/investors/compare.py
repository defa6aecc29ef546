"""Whether two names mean one person or body: a score, a decision, and the reason in words."""

from __future__ import annotations

from backfin.investors.bodies import compare_bodies
from backfin.investors.comparison import Comparison, verdict
from backfin.investors.kinds import class_of
from backfin.investors.names import kind_of, normal_form
from backfin.investors.persons import compare_persons

__all__ = ["Comparison", "compare"]

_PERSONAL = ("person", "huf")


def compare(a: str, b: str, kind: str | None = None) -> Comparison:
    """Compares two names as filings write them. The order of the two does not matter.

    Args:
        a: One name.
        b: The other.
        kind: What both are, where that is known: ``person``, ``huf``, ``company``, ``fund``, ``trust`` or
            ``government``; anything else is taken as not known.

    >>> compare("Shri A. K. Mehra", "A K MEHRA").tier
    'auto'
    >>> compare("Acme Holdings Pvt Ltd", "Acme Holdings LLP").same
    False
    """
    one, other = sorted((normal_form(a), normal_form(b)))
    if not one or not other:
        return verdict(0.0, "One of the two holds no letter or digit.")
    if one == other:
        return verdict(1.0, "The same name once titles, punctuation and legal forms are written alike.")
    classes = {class_of(kind_of(one)), class_of(kind_of(other))}
    if ("huf" in classes) and len(classes) > 1:
        return verdict(0.3, "One is a Hindu undivided family, the other is not.")
    if _is_personal(classes, kind):
        return compare_persons(one.split(), other.split())
    if kind is None and classes == {"person", "company"}:
        return compare_bodies(one.split(), other.split()).at_most(0.8, "One of the two may be a person.")
    return compare_bodies(one.split(), other.split())


def _is_personal(classes: set[str], kind: str | None) -> bool:
    return kind in _PERSONAL or (kind is None and classes <= {"person", "huf"})
