"""Where ``backfin eval`` takes its filings from: the sample day, labelled files, or the store."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from backfin.app import Backfin
from backfin.demo import DemoDay, load_day, write_day
from backfin.errors import ConfigError
from backfin.evaluation.answers import Case, build_cases
from backfin.evaluation.gold import Split, Truth, load_gold, of_split, truth_from_demo
from backfin.evaluation.sources import Text, find_texts, load_sources, text_from
from backfin.evaluation.xbrl_truth import paired_files, results_entries
from backfin.exchanges.bse_parse import NAME, parse_row


@dataclass(frozen=True, slots=True)
class Question:
    """What to measure on."""

    gold: Path | None = None
    texts: Path | None = None
    split: Split = Split.ALL
    xbrl: bool = False
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Filings:
    """Filings ready to be read, under the name that their floors are recorded under."""

    name: str
    cases: list[Case]
    missing: list[str] = field(default_factory=list)


def filings_for(app: Backfin, question: Question, done: Callable[[int, int], None]) -> Filings:
    """Finds and reads the filings of a question.

    Args:
        app: Backfin, whose reader reads the files.
        question: What to measure on.
        done: Hears how many of how many files are read.

    Raises:
        ConfigError: There is no truth, or no text for any of it.
    """
    entries = _entries(question)
    with _texts(app, question, entries) as texts:
        count = iter(range(1, len(entries) + 1))
        cases = build_cases(entries, texts, app.reader.read, lambda: done(next(count), len(entries)))
    if not cases:
        raise ConfigError("No text belongs to any of these keys; name the folder of texts with --texts.")
    found = {case.key for case in cases}
    return Filings(section_of(question), cases, [entry.key for entry in entries if entry.key not in found])


def _entries(question: Question) -> list[Truth]:
    if question.gold is not None:
        entries = load_gold(question.gold)
    elif question.texts is not None:
        if not question.xbrl:
            raise ConfigError("--texts needs labels: name them with --gold, or score by --xbrl.")
        entries = results_entries(paired_files(question.texts))
    else:
        entries = truth_from_demo(load_day().truth)
    chosen = [entry for entry in of_split(entries, question.split) if not (question.sure and entry.doubt)]
    if not chosen:
        raise ConfigError("There is no labelled filing to measure on; check --gold and --split.")
    return chosen


@contextmanager
def _texts(app: Backfin, question: Question, entries: list[Truth]) -> Iterator[Mapping[str, Text]]:
    if question.gold is None and question.texts is None:
        with tempfile.TemporaryDirectory() as folder:
            yield _of_demo(load_day(), Path(folder))
    elif question.texts is not None:
        yield _of_folder(question, question.texts, entries)
    else:
        yield _at_hand(entries) or _of_store(app, entries)


def _of_demo(day: DemoDay, folder: Path) -> dict[str, Text]:
    files = write_day(folder).files
    texts = {}
    for row in day.rows:
        announcement = parse_row(row, "https://exchange.example")
        name = row["ATTACHMENTNAME"]
        texts[f"{NAME}:{row['NEWSID'].lower()}"] = Text(
            announcement=announcement, files=(files / name,) if name else ()
        )
    return texts


def _of_folder(question: Question, folder: Path, entries: list[Truth]) -> dict[str, Text]:
    if not folder.is_dir():
        raise ConfigError(f"There is no folder {folder}; name one with --texts.")
    if question.gold is None:
        return paired_files(folder)
    beside = question.gold if question.gold.is_dir() else question.gold.parent
    at_hand = _at_hand(entries)
    missing = [entry.key for entry in entries if entry.key not in at_hand]
    return at_hand | find_texts(load_sources(beside / "sources.json"), folder, missing)


def _at_hand(entries: list[Truth]) -> dict[str, Text]:
    return {entry.key: text_from(entry.key, entry.text) for entry in entries if entry.text}


def _of_store(app: Backfin, entries: list[Truth]) -> dict[str, Text]:
    """Announcements of the store, by their own ids, with their documents as they were read."""
    store = app.context.store
    store.prepare()
    texts = {}
    for entry in entries:
        announcement = store.announcements.find(entry.key)
        if announcement is not None:
            texts[entry.key] = Text(announcement=announcement, documents=tuple(store.documents.of(entry.key)))
    return texts


def section_of(question: Question) -> str:
    """The section of a file of floors that holds for a question."""
    base = "demo" if question.gold is None else question.split.value
    return f"{base}_xbrl" if question.xbrl else base
