"""Checks again, with its own eyes, that every published fact stands on the page it names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backfin.enrichment.grounding import ground
from backfin.evaluation.answers import Answer
from backfin.evaluation.classes import share
from backfin.models import Fact, Reading


@dataclass(frozen=True, slots=True)
class GroundedScore:
    """Published facts, those whose quotes stand on their pages, and those whose value is in the quote too."""

    published: int
    quoted: int
    borne_out: int
    loose: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """For JSON; ``share`` is 1 where nothing was published."""
        return {
            "published": self.published,
            "quoted": self.quoted,
            "borne_out": self.borne_out,
            "share": share(self.borne_out, self.published) if self.published else 1.0,
            "loose": list(self.loose),
        }


def check_grounds(answers: Iterable[Answer]) -> GroundedScore:
    """Looks every published fact up on its page. ``loose`` names those that are not borne out."""
    published = quoted = borne_out = 0
    loose: list[str] = []
    for answer in answers:
        facts = _published(answer)
        kept = _borne_out(answer)
        for field, fact in facts.items():
            stands = _stands(fact, answer.case.reading)
            published += 1
            quoted += stands
            borne_out += stands and field in kept
            if not (stands and field in kept):
                loose.append(f"{answer.case.key}: {field}")
    return GroundedScore(published, quoted, borne_out, tuple(loose))


def _published(answer: Answer) -> dict[str, Fact]:
    made = answer.enrichment
    return {name: fact for name, fact in made.facts.items() if fact.value is not None} if made else {}


def _stands(fact: Fact, reading: Reading) -> bool:
    pages = {page.number: _plain(page.text) for page in reading.pages}
    quotes = [(_plain(place.quote), place.page) for place in fact.evidence]
    return bool(quotes) and all(quote and quote in pages.get(page, "") for quote, page in quotes)


def _borne_out(answer: Answer) -> set[str]:
    if answer.enrichment is None:
        return set()
    reading = answer.case.reading
    checked = ground(
        answer.enrichment,
        reading.pages,
        headline="",
        summary="",
        issuer=reading.announcement.issuer_name,
    )
    return {name for name, fact in checked.facts.items() if fact.value is not None}


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
