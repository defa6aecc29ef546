"""How far a matter has come, by the words of its title and, where these say nothing, by what it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from backfin.enrichment.rules.source import Source
from backfin.models import EventType


@dataclass(frozen=True, slots=True)
class _Sign:
    stage: str
    event_types: frozenset[str]
    pattern: re.Pattern[str]

    def holds(self, event_type: EventType, title: str) -> bool:
        is_meant = not self.event_types or event_type.value in self.event_types
        return is_meant and self.pattern.search(title) is not None


@lru_cache(maxsize=1)
def _signs() -> tuple[_Sign, ...]:
    text = resources.files("backfin.enrichment.rules").joinpath("stages.txt").read_text(encoding="utf-8")
    return tuple(_sign(line) for line in text.splitlines() if line and not line.startswith("#"))


def _sign(line: str) -> _Sign:
    stage, event_types, pattern = (part.strip() for part in f"{line} ".split(" | ", 2))
    named = frozenset() if event_types == "*" else frozenset(event_types.split(","))
    return _Sign(stage, named, re.compile(pattern, re.IGNORECASE))


def stage_of(source: Source, event_type: EventType, label: str = "") -> str:
    """``proposed``, ``approved`` or ``completed``; empty when neither title, label nor kind of filing tells."""
    title = f"{source.title} . {label}"
    return next((sign.stage for sign in _signs() if sign.holds(event_type, title)), "")
