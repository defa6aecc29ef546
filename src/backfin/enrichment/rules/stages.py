"""How far a matter has come, by the words of its title and, where these say nothing, by what it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from backfin.enrichment.rules.source import Source
from backfin.models import EventType


@dataclass(frozen=True, slots=True)
class _Sign:
    stage: str
    event_types: frozenset[str]
    pattern: re.Pattern[str]

    def is_meant_for(self, event_type: EventType) -> bool:
        return not self.event_types or event_type.value in self.event_types


@cache
def _signs_of(event_type: EventType) -> tuple[_Sign, ...]:
    return tuple(sign for sign in _signs() if sign.is_meant_for(event_type))


@cache
def _signs() -> tuple[_Sign, ...]:
    text = resources.files("backfin.enrichment.rules").joinpath("stages.txt").read_text(encoding="utf-8")
    return tuple(_sign(line) for line in text.splitlines() if line and not line.startswith("#"))


def _sign(line: str) -> _Sign:
    stage, event_types, pattern = (part.strip() for part in f"{line} ".split(" | ", 2))
    named = frozenset() if event_types == "*" else frozenset(event_types.split(","))
    return _Sign(stage, named, re.compile(pattern))


def stage_of(source: Source, event_type: EventType, label: str = "") -> str:
    """``proposed``, ``approved`` or ``completed``; empty when neither title, label nor kind of filing tells."""
    title = f"{source.title} . {label}".lower()
    return next((sign.stage for sign in _signs_of(event_type) if sign.pattern.search(title)), "")
