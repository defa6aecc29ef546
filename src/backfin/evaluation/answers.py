"""Has filings read and enriched for measuring, and keeps what came of each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from backfin.enrichment.chain import enrich_with
from backfin.errors import BackfinError, ConfigError
from backfin.evaluation.gold import Truth
from backfin.evaluation.sources import Text
from backfin.interfaces import Enricher, PromptSet
from backfin.models import Document, Enrichment, Reading
from backfin.steps.enrich import reading_of


@dataclass(frozen=True, slots=True)
class Case:
    """One filing to measure: its truth and the words it was read to."""

    truth: Truth
    reading: Reading
    media_types: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Key of the filing."""
        return self.truth.key


@dataclass(frozen=True, slots=True)
class Answer:
    """What one reader made of one case, after ``seconds``. Without an enrichment, ``error`` says why."""

    case: Case
    enrichment: Enrichment | None
    seconds: float
    error: str = ""

    @property
    def is_valid(self) -> bool:
        """Whether the enricher that was asked first gave a usable reply."""
        made = self.enrichment
        return made is not None and not any(flag.startswith("fallback:") for flag in made.flags)


def build_cases(
    entries: Iterable[Truth],
    texts: Mapping[str, Text],
    read: Callable[[Path], Document],
    done: Callable[[], None] = lambda: None,
) -> list[Case]:
    """Reads the texts of the entries; an entry without a text is left out.

    Args:
        entries: Truth, one entry per filing.
        texts: Texts by key.
        read: Reads a file.
        done: Called after each filing.
    """
    cases = []
    for entry in entries:
        text = texts.get(entry.key)
        if text is not None:
            documents = [*text.documents, *map(read, text.files)]
            media_types = tuple(document.media_type for document in documents)
            cases.append(Case(entry, _reading(text, documents), media_types))
        done()
    return cases


def ask_all(
    cases: Sequence[Case],
    prompt_set: PromptSet,
    enrichers: Sequence[Enricher],
    done: Callable[[], None] = lambda: None,
) -> list[Answer]:
    """Has every case read by the first enricher that can, in the order of the cases.

    Raises:
        ConfigError: The enricher is not usable as configured.
    """
    answers = []
    for case in cases:
        answers.append(_ask(case, prompt_set, enrichers))
        done()
    return answers


def _ask(case: Case, prompt_set: PromptSet, enrichers: Sequence[Enricher]) -> Answer:
    started = time.perf_counter()
    try:
        made = enrich_with(case.reading, prompt_set, enrichers)
    except ConfigError:
        raise
    except BackfinError as problem:
        return Answer(case, None, time.perf_counter() - started, str(problem))
    return Answer(case, made, time.perf_counter() - started)


def _reading(text: Text, documents: Sequence[Document]) -> Reading:
    reading = reading_of(text.announcement, documents)
    return reading.model_copy(update={"pages": (*reading.pages, *text.pages)}) if text.pages else reading
