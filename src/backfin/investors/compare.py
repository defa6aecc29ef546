"""Whether two names mean one person or body: a score, a decision, and the reason in words."""

from __future__ import annotations

from functools import lru_cache

from backfin.errors import ConfigError
from backfin.investors.bodies import compare_bodies
from backfin.investors.clauses import former_names
from backfin.investors.comparison import Comparison, verdict
from backfin.investors.contradictions import with_clauses
from backfin.investors.kinds import class_of
from backfin.investors.latin import to_latin
from backfin.investors.names import kind_of_form, normal_form
from backfin.investors.persons import compare_persons
from backfin.models import PartyKind

__all__ = ["Comparison", "compare"]

_PERSONAL = ("person", "huf")
_KINDS = (*(kind.value for kind in PartyKind), "fund")


def compare(a: str, b: str, kind: str | None = None) -> Comparison:
    """Compares two names as filings write them. The order of the two does not matter.

    Args:
        a: One name.
        b: The other.
        kind: What both are, where that is known: ``fund`` or a value of :class:`backfin.models.PartyKind`.

    Raises:
        ConfigError: A name is no text, or there is no such kind.

    >>> compare("Shri A. K. Mehra", "A K MEHRA").tier
    'auto'
    >>> compare("Acme Holdings Pvt Ltd", "Acme Holdings LLP").same
    False
    """
    kind = _checked(a, b, kind)
    ones, others = sorted((forms_of(a), forms_of(b)))
    found = compare_forms(ones[0], others[0], kind)
    if found.score < 1 and len(ones) + len(others) > 2:
        pairs = [(one, other) for one in ones for other in others][1:]
        best = max((compare_forms(*pair, kind) for pair in pairs), key=lambda each: each.score)
        if best.score > found.score:
            found = best.at_most(0.95, "One of the two states it as a former name.")
    return with_clauses(found, a, b)


def _checked(a: object, b: object, kind: str | None) -> str | None:
    """The kind that is compared by, once all three are what can be compared."""
    for name in (a, b):
        if not isinstance(name, str):
            raise ConfigError(f"A name to compare is a text, not {type(name).__name__}; give two names.")
    if kind is None or kind == PartyKind.UNKNOWN:
        return None
    if kind not in _KINDS:
        raise ConfigError(f"There is no kind {kind!r}; choose one of {', '.join(_KINDS)}, or leave it out.")
    return kind


@lru_cache(maxsize=65536)
def forms_of(name: str) -> tuple[str, ...]:
    """The normal form of a name, and those of the former names it states."""
    former = former_names(to_latin(name).casefold())
    return (normal_form(name), *(form for each in former if (form := normal_form(each))))


@lru_cache(maxsize=65536)
def _class(form: str) -> str:
    return class_of(kind_of_form(form))


def compare_forms(one: str, other: str, kind: str | None = None) -> Comparison:
    """Compares two names given as normal forms, as a store keeps them."""
    one, other = sorted((one, other))
    if not one or not other:
        return verdict(0.0, "One of the two holds no letter or digit.")
    if one == other:
        return verdict(1.0, "The same name once titles, punctuation and legal forms are written alike.")
    classes = {_class(one), _class(other)}
    if "huf" in classes and len(classes) > 1:
        return verdict(0.3, "One is a Hindu undivided family, the other is not.")
    if classes == {"huf"}:
        return compare_persons(_without_huf(one), _without_huf(other))
    if kind in _PERSONAL or (kind is None and classes == {"person"}):
        return compare_persons(one.split(), other.split())
    found = compare_bodies(one.split(), other.split())
    if kind is None and classes == {"person", "company"}:
        return found.at_most(0.9, "One of the two may be a person.")
    return found


def _without_huf(form: str) -> list[str]:
    return [word for word in form.split() if word != "huf"]
