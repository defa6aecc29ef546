"""What differs between two readings of a filing: category, words, facts and parties."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from backfin.models import Enrichment, Fact, Party

#: Parts of a reading that are compared as they stand.
PARTS = ("category", "event_type", "headline", "summary", "sentiment", "materiality")

#: Parts of a party that tell it from another. Where it stands does not.
_PARTY = ("name_as_written", "role", "quantity", "price_inr", "amount_inr", "pct", "pre_pct", "post_pct")


@dataclass(frozen=True)
class Difference:
    """From one reading to another; all empty where they say the same.

    Args:
        changed: Part of the reading → what it was and what it is.
        facts_added: Field → its fact in the second alone.
        facts_removed: Field → its fact in the first alone.
        facts_changed: Field → both facts, where value or status differ.
        parties_added: Parties in the second alone.
        parties_removed: Parties in the first alone.
    """

    changed: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    facts_added: dict[str, Fact] = field(default_factory=dict)
    facts_removed: dict[str, Fact] = field(default_factory=dict)
    facts_changed: dict[str, tuple[Fact, Fact]] = field(default_factory=dict)
    parties_added: tuple[Party, ...] = ()
    parties_removed: tuple[Party, ...] = ()

    def __bool__(self) -> bool:
        return any(vars(self).values())

    def as_json(self) -> dict[str, Any]:
        """The same for JSON: of a fact its value, of a party its name and role."""
        return {
            "changed": {
                name: {"before": _plain(old), "after": _plain(new)}
                for name, (old, new) in self.changed.items()
            },
            "facts": {
                "added": {name: _value(fact) for name, fact in self.facts_added.items()},
                "removed": {name: _value(fact) for name, fact in self.facts_removed.items()},
                "changed": {
                    name: {"before": _value(old), "after": _value(new)}
                    for name, (old, new) in self.facts_changed.items()
                },
            },
            "parties": {
                "added": [_party(one) for one in self.parties_added],
                "removed": [_party(one) for one in self.parties_removed],
            },
        }


def difference(before: Enrichment | None, after: Enrichment | None) -> Difference:
    """What differs; of a reading that is not there, everything does.

    Evidence and confidence are not compared: the same value read from another line is the same value.
    """
    old, new = _facts(before), _facts(after)
    both = [name for name in new if name in old]
    return Difference(
        changed={
            name: (was, now)
            for name in PARTS
            if (was := getattr(before, name, None)) != (now := getattr(after, name, None))
        },
        facts_added={name: fact for name, fact in new.items() if name not in old},
        facts_removed={name: fact for name, fact in old.items() if name not in new},
        facts_changed={
            name: (old[name], new[name]) for name in both if _stated(old[name]) != _stated(new[name])
        },
        parties_added=_beyond(_parties(after), _parties(before)),
        parties_removed=_beyond(_parties(before), _parties(after)),
    )


def said(reading: Enrichment) -> str:
    """All of a reading that is compared, as one text: two readings without a difference have the same."""
    parts = [_plain(getattr(reading, name)) for name in PARTS]
    facts = {name: _stated(fact) for name, fact in sorted(reading.facts.items())}
    parties = sorted(repr(_identity(party)) for party in reading.parties)
    return json.dumps([parts, facts, parties], sort_keys=True, default=str)


def _facts(reading: Enrichment | None) -> dict[str, Fact]:
    return reading.facts if reading else {}


def _parties(reading: Enrichment | None) -> tuple[Party, ...]:
    return reading.parties if reading else ()


def _stated(fact: Fact) -> dict[str, Any]:
    # As JSON: a value that has been in the store may have come back as another type.
    return fact.model_dump(mode="json", include={"value", "status"})


def _beyond(parties: Iterable[Party], others: Iterable[Party]) -> tuple[Party, ...]:
    """Those that the others lack, each as often as it is lacking."""
    left = Counter(map(_identity, others))
    found = []
    for party in parties:
        key = _identity(party)
        if left[key]:
            left[key] -= 1
        else:
            found.append(party)
    return tuple(found)


def _identity(party: Party) -> tuple[Any, ...]:
    return tuple(getattr(party, name) for name in _PARTY)


def _value(fact: Fact) -> Any:
    return fact.model_dump(mode="json")["value"]


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def _party(party: Party) -> dict[str, Any]:
    shown = party.model_dump(mode="json", include=set(_PARTY))
    return {name: value for name, value in shown.items() if value is not None}
