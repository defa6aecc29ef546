"""How sure the rules are: how often what they read of that kind, in words that firm, turned out to be right."""

from __future__ import annotations

from collections.abc import Mapping

from backfin.models import Fact, Method
from backfin.models.sheets import Kind

#: Of what was read from real filings that no rule was made with, about this share was right.
_RIGHT = {
    Kind.MONEY: 0.98,
    Kind.DATE: 0.97,
    Kind.EXACT: 0.97,
    Kind.NUMBER: 0.96,
    Kind.SET: 0.95,
    Kind.NAME: 0.93,
    Kind.TEXT: 0.9,
}
#: A pattern that grades its words below this is often taken in by others, and is believed so much less.
_FIRM, _WEAK = 0.7, 0.12
#: A page that had to be recognised first has a wrong letter now and then.
_RECOGNISED = 0.04


def with_certainty(facts: Mapping[str, Fact], kinds: Mapping[str, Kind]) -> dict[str, Fact]:
    """The facts with the confidence that their kind, their words and their pages deserve.

    ``confidence`` of a rule's fact is a grade before: how telling its words are. A fact without a value stays as it is.
    """
    return {
        field: fact
        if fact.value is None
        else fact.model_copy(update={"confidence": _certainty(fact, kinds[field])})
        for field, fact in facts.items()
    }


def _certainty(fact: Fact, kind: Kind) -> float:
    is_recognised = any(place.method is Method.OCR for place in fact.evidence)
    weak = _WEAK if fact.confidence < _FIRM else 0.0
    return round(_RIGHT[kind] - weak - (_RECOGNISED if is_recognised else 0.0), 2)
