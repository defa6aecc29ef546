"""Truth about filings, one JSON object a line, and which half of it a filing belongs to.

The format stands in ``docs/accuracy.md``. Labels carry no text of the filings: :mod:`backfin.evaluation.sources`
finds the texts by the same keys.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, model_validator

from backfin.enrichment.taxonomy import categories
from backfin.errors import ConfigError
from backfin.models import EventType
from backfin.models.base import Frozen
from backfin.models.sheets import SHEETS


class Split(StrEnum):
    """Which filings a figure is about: those that rules may be tuned to, those held out, or both."""

    TUNE = "tune"
    HELD_OUT = "held_out"
    ALL = "all"


class Truth(Frozen):
    """What one filing says.

    ``also`` and ``also_event_types`` are other readings that are right as well. ``facts`` holds the values that
    the text states, by field of the sheet of ``event_type``; the values are written as ``demo/truth.md`` says.
    ``optional`` holds what is right when it is published and no loss when it is not; ``None`` there means that the
    text does not state the fact, and a published one is wrong. ``text`` may carry the filing's own words
    (``subject``, ``headline``, ``body``, ``page_1`` …). ``seen`` says that somebody had it before his eyes when a
    reader was changed, so that it is held out no more.
    """

    key: str
    category: str
    event_type: EventType
    source: str = ""
    also: tuple[str, ...] = ()
    also_event_types: tuple[EventType, ...] = ()
    stage: str | None = None
    facts: dict[str, Any] = Field(default_factory=dict)
    optional: dict[str, Any] = Field(default_factory=dict)
    parties: tuple[dict[str, Any], ...] = ()
    flags: tuple[str, ...] = ()
    doubt: str | None = None
    seen: bool = False
    text: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_of_the_taxonomy(self) -> Truth:
        strange = {self.category, *self.also} - {category.label for category in categories()}
        if strange:
            raise ValueError(f"no such category: {', '.join(sorted(strange))}")
        known: set[str] = set()
        for event_type in (self.event_type, *self.also_event_types):
            known |= set(SHEETS[event_type].kinds())
        if unknown := {*self.facts, *self.optional} - known:
            raise ValueError(f"no such facts: {', '.join(sorted(unknown))}")
        if twice := self.facts.keys() & self.optional.keys():
            raise ValueError(f"asked for and optional at once: {', '.join(sorted(twice))}")
        return self

    @property
    def categories(self) -> tuple[str, ...]:
        """Every label that is right, the best one first."""
        return (self.category, *self.also)

    @property
    def event_types(self) -> tuple[EventType, ...]:
        """Every event type that is right, the best one first."""
        return (self.event_type, *self.also_event_types)

    @property
    def is_readable(self) -> bool:
        """Whether a reader without OCR finds the words of it."""
        return not {"scanned", "garbled_text", "broken", "encrypted"} & set(self.flags)


#: Of two thousand beginnings, the one that spreads categories, event types and sources most evenly. Chosen
#: from the labels alone, before anything was measured; a new filing falls where its key says.
_BEGINNING = "backfin gold 487"


def split_of(key: str) -> Split:
    """The half a filing belongs to, decided by its key alone.

    >>> split_of("bse:36047db1-95d1-4de1-b54d-892acd18a182").value
    'tune'
    """
    digest = hashlib.sha256(f"{_BEGINNING} {key}".encode()).digest()
    return Split.TUNE if digest[0] % 2 == 0 else Split.HELD_OUT


def of_split(entries: Iterable[Truth], split: Split) -> list[Truth]:
    """The entries of one half, or all. What was seen belongs to the half that rules may be tuned to."""
    return [entry for entry in entries if split is Split.ALL or _half_of(entry) is split]


def _half_of(entry: Truth) -> Split:
    return Split.TUNE if entry.seen else split_of(entry.key)


def load_gold(path: Path) -> list[Truth]:
    """Reads a file of truth, or every ``*.jsonl`` of a folder, in order of name and line.

    Raises:
        ConfigError: There is none, a line is not in the format, or a key comes twice.
    """
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    if not files or not all(file.is_file() for file in files):
        raise ConfigError(f"There is no gold file at {path}; give a .jsonl file or a folder of them.")
    entries = [entry for file in files for entry in _entries(file)]
    keys = [entry.key for entry in entries]
    if len(set(keys)) != len(keys):
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ConfigError(f"The key {twice} comes twice in {path}; keep one entry per filing.")
    return entries


def truth_from_demo(truth: Mapping[str, Mapping[str, Any]]) -> list[Truth]:
    """The sample day's truth in the same form; keys are ``bse:<NEWSID>``."""
    dropped = {"slug", "traps"}
    return [
        Truth(key=f"bse:{news_id}", **{name: value for name, value in entry.items() if name not in dropped})
        for news_id, entry in truth.items()
    ]


def _entries(file: Path) -> Iterable[Truth]:
    for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), 1):
        if line.strip():
            try:
                yield Truth.model_validate(json.loads(line))
            except (ValueError, ValidationError) as problem:
                reason = str(problem).splitlines()[-1 if "\n" not in str(problem) else 2].strip()
                raise ConfigError(f"{file} line {number} is no entry of truth: {reason}") from problem
