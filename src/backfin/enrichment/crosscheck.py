"""A model's reading held against the rules' reading of the same filing."""

from __future__ import annotations

from decimal import Decimal

from backfin.enrichment.injection import FLAG
from backfin.models import Enrichment, Fact, Money, Status

#: Confidence of a value that a second reader found too, and of one it found otherwise.
_SURE, _DOUBTFUL = 0.97, 0.4


def under_suspicion(model: Enrichment, rules: Enrichment) -> Enrichment:
    """The rules' reading of a filing that speaks to models, with the model's word only where both agree.

    A model that obeyed may choose any number that stands on the pages, so a fact the rules do not find is
    withheld: its field says so with the flag ``unconfirmed:<field>``.
    """
    same_event = rules.event_type is model.event_type
    facts = dict(rules.facts)
    flags = [*model.flags, *rules.flags, FLAG]
    for field, fact in model.facts.items() if same_event else ():
        if fact.value is None:
            continue
        if field in rules.facts and _agree(fact, rules.facts[field]):
            facts[field] = fact.model_copy(update={"confidence": _SURE})
        elif field not in rules.facts:
            facts[field] = Fact(value=None, status=Status.NOT_STATED, confidence=0)
            flags.append(f"unconfirmed:{field}")
    if len(model.parties) > len(rules.parties):
        flags.append("unconfirmed:party")
    return model.model_copy(
        update={
            "category": rules.category,
            "also": rules.also,
            "event_type": rules.event_type,
            "headline": rules.headline,
            "summary": rules.summary,
            "sentiment": rules.sentiment,
            "facts": facts,
            "parties": rules.parties,
            "flags": tuple(dict.fromkeys(flags)),
        }
    )


def compared(model: Enrichment, rules: Enrichment) -> Enrichment:
    """The model's reading, with what the rules read otherwise marked as doubtful.

    Amounts of money that both read alike are surer. Where they differ by a power of ten, one of them took the
    wrong word of size and the amount is withheld; where they differ otherwise, it is ``ambiguous``. An event
    type that the rules see otherwise is flagged ``disputed:event_type``.
    """
    flags = list(model.flags)
    facts = dict(model.facts)
    if model.event_type is not rules.event_type:
        flags.append("disputed:event_type")
    for field, fact in model.facts.items() if model.event_type is rules.event_type else ():
        other = rules.facts.get(field)
        if other is not None and isinstance(fact.value, Money) and isinstance(other.value, Money):
            facts[field] = _settled(field, fact, other, flags)
    return model.model_copy(update={"facts": facts, "flags": tuple(dict.fromkeys(flags))})


def _settled(field: str, fact: Fact, other: Fact, flags: list[str]) -> Fact:
    if _agree(fact, other):
        return fact.model_copy(update={"confidence": max(fact.confidence, _SURE)})
    if is_scale_slip(fact.value.amount, other.value.amount):  # type: ignore[union-attr]
        flags.append(f"arithmetic:two_scales:{field}")
        return Fact(value=None, status=Status.NOT_STATED, confidence=0)
    flags.append(f"disputed:{field}")
    return fact.model_copy(update={"status": Status.AMBIGUOUS, "confidence": _DOUBTFUL})


def _agree(one: Fact, other: Fact) -> bool:
    if isinstance(one.value, Money) and isinstance(other.value, Money):
        return (one.value.amount, one.value.currency) == (other.value.amount, other.value.currency)
    return _plain(one.value) == _plain(other.value)


def _plain(value: object) -> str:
    return " ".join(str(value).casefold().split()).rstrip(".")


def is_scale_slip(one: Decimal, other: Decimal) -> bool:
    """Whether two amounts have the same digits and differ by a word of size or two.

    >>> is_scale_slip(Decimal(4706000), Decimal(470600000)), is_scale_slip(Decimal(10), Decimal(20))
    (True, False)
    """
    if not one or not other or one == other:
        return False
    small, large = sorted((abs(one), abs(other)))
    factor = large / small
    return factor in {Decimal(10) ** power for power in (2, 3, 5, 7, 6, 4, 9, 12, 1)}
