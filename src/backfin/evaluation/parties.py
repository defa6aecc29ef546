"""Who is named in a filing, and whether they were found in the right role."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backfin.evaluation.answers import Answer
from backfin.evaluation.classes import share
from backfin.evaluation.values import is_same_name
from backfin.models import Party


@dataclass(frozen=True, slots=True)
class PartyScore:
    """Parties that the truth names, and how many were found, by name alone and in the right role."""

    true: int
    found: int
    in_role: int

    def as_dict(self) -> dict[str, float]:
        """For JSON."""
        return {
            "true": self.true,
            "found": self.found,
            "in_role": self.in_role,
            "recall": share(self.found, self.true),
            "role_share": share(self.in_role, self.found),
        }


def score_parties(answers: Iterable[Answer]) -> PartyScore:
    """Parties of all answers. Parties beyond those of the truth are not judged."""
    true = found = in_role = 0
    for answer in answers:
        named = answer.enrichment.parties if answer.enrichment else ()
        for wanted in answer.case.truth.parties:
            hits = _hits(str(wanted["name"]), named)
            true += 1
            found += bool(hits)
            in_role += any(party.role == wanted.get("role") for party in hits)
    return PartyScore(true, found, in_role)


def _hits(name: str, named: Iterable[Party]) -> list[Party]:
    return [party for party in named if is_same_name(name, party.name_as_written)]
