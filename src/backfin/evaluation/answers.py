"""Has filings read and enriched for measuring, and keeps what came of each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from backfin.enrichment.chain import enrich_with
from backfin.errors import BackfinError, ConfigError, TransientError
from backfin.evaluation.gold import Truth
from backfin.evaluation.sources import Text
from backfin.interfaces import Enricher, PromptSet
from backfin.models import Document, Enrichment, Reading
from backfin.steps.enrich import reading_of

#: Questions a remote enricher is asked at the same time.
_AT_ONCE = 4

#: Waits before asking a remote enricher again that could not answer now, and the longest wait it may ask for.
_WAITS_S, _LONGEST_WAIT_S = (2.0, 10.0, 30.0), 60.0


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
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Answer]:
    """Has every case read by the first enricher that can, in the order of the cases.

    A remote enricher is asked several things at once, and again when it says that it may answer later.

    Raises:
        ConfigError: The enricher is not usable as configured.
    """
    at_once = _AT_ONCE if any(enricher.is_remote for enricher in enrichers) else 1
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(lambda case: _ask(case, prompt_set, enrichers, sleep), cases))


def _ask(
    case: Case, prompt_set: PromptSet, enrichers: Sequence[Enricher], sleep: Callable[[float], None]
) -> Answer:
    error = ""
    for wait_s in (*_WAITS_S, None):
        started = time.perf_counter()
        try:
            made = enrich_with(case.reading, prompt_set, enrichers)
        except ConfigError:
            raise
        except TransientError as problem:
            error = problem.sentence
            if wait_s is not None:
                sleep(min(float(problem.facts.get("delay") or wait_s), _LONGEST_WAIT_S))
        except BackfinError as problem:
            return Answer(case, None, time.perf_counter() - started, problem.sentence)
        else:
            return Answer(case, made, time.perf_counter() - started)
    return Answer(case, None, 0.0, error)


def _reading(text: Text, documents: Sequence[Document]) -> Reading:
    reading = reading_of(text.announcement, documents)
    return reading.model_copy(update={"pages": (*reading.pages, *text.pages)}) if text.pages else reading
