"""Runs ``backfin eval``: finds the filings, has them read, and puts the figures together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backfin.app import Backfin
from backfin.cli.arguments import one_of
from backfin.cli.eval_cases import Filings, Question, filings_for, section_of
from backfin.cli.progress import bar
from backfin.errors import ConfigError
from backfin.evaluation.answers import Answer, Case, ask_all
from backfin.evaluation.figures import Run, compare_runs, figures
from backfin.evaluation.limits import breaches, limits_of, load_limits
from backfin.evaluation.report import report_html
from backfin.evaluation.significance import Comparison
from backfin.evaluation.xbrl_truth import is_xbrl, xbrl_pairs
from backfin.interfaces import Enricher, PromptSet


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is to be measured, and what is to come of it."""

    enricher: str | None = None
    prompts: str | None = None
    against: str | None = None
    report: Path | None = None
    floors: Path | None = None


def run(app: Backfin, question: Question, wanted: Wanted, *, quiet: bool) -> dict[str, Any]:
    """Measures, compares and holds against floors; the result is what ``--json`` prints.

    Args:
        app: Backfin, with its readers and enrichers.
        question: What to measure on.
        wanted: Who is to be measured, and what is to come of it.
        quiet: Show no progress.

    Raises:
        ConfigError: Something named is not there.
    """
    readers = _readers(app, wanted)
    limits = load_limits(wanted.floors, section_of(question)) if wanted.floors else {}
    if wanted.report is not None:
        _write(wanted.report)  # what cannot be written is better known before an hour of reading
    with bar(quiet=quiet) as on_progress:
        filings = filings_for(app, question, on_progress)
    result = _result(filings, [_run(app, reader, filings, xbrl=question.xbrl) for reader in readers])
    result["below_floor"] = [str(breach) for breach in breaches(result["figures"], limits)]
    if wanted.report is not None:
        _write(wanted.report, report_html(result))
        result["report"] = str(wanted.report)
    return result


class _Reader:
    """A way of reading: which enrichers, with which prompts, under which name."""

    def __init__(self, enrichers: Sequence[Enricher], prompt_set: PromptSet) -> None:
        self.enrichers = enrichers
        self.prompt_set = prompt_set
        names = " then ".join(f"{enricher.name} {enricher.model}".strip() for enricher in enrichers)
        self.name = f"{names} · {prompt_set.name} {prompt_set.version}"


def _readers(app: Backfin, wanted: Wanted) -> list[_Reader]:
    """The reader to measure, and the one to compare it with: another prompt set, else another enricher."""
    first = _Reader(_enrichers(app, wanted.enricher), _prompt_set(app, wanted.prompts or "core"))
    if wanted.against is None:
        return [first]
    if wanted.prompts is not None or wanted.enricher is None:
        return [first, _Reader(first.enrichers, _prompt_set(app, wanted.against))]
    return [first, _Reader(_enrichers(app, wanted.against), first.prompt_set)]


def _enrichers(app: Backfin, name: str | None) -> list[Enricher]:
    known = {enricher.name: enricher for enricher in app.plugins.registry.enrichers}
    return list(known.values()) if name is None else [known[one_of(name, known, "enricher")]]


def _prompt_set(app: Backfin, name: str) -> PromptSet:
    known = app.plugins.registry.prompt_sets
    return known[one_of(name, known, "prompt set")]


def _run(app: Backfin, reader: _Reader, filings: Filings, *, xbrl: bool) -> Run:
    cases = [case for case in filings.cases if not (xbrl and is_xbrl(case))]
    answers = ask_all(cases, reader.prompt_set, reader.enrichers)
    if xbrl:
        answers = _by_xbrl(app, [case for case in filings.cases if is_xbrl(case)], answers)
    return Run(reader.name, answers)


def _by_xbrl(app: Backfin, numbers: list[Case], answers: list[Answer]) -> list[Answer]:
    truth = ask_all(numbers, _prompt_set(app, "core"), _enrichers(app, "rules"))
    paired = xbrl_pairs(truth, answers)
    if not paired:
        raise ConfigError(
            "No results here have an XBRL beside them; give NAME.pdf and NAME.xml with --texts."
        )
    return paired


def _result(filings: Filings, runs: Sequence[Run]) -> dict[str, Any]:
    measured = [figures(run) for run in runs]
    compared = compare_runs(*runs) if len(runs) == 2 else []
    return {
        "measured_on": filings.name,
        "filings": len(runs[0].answers),
        "missing": filings.missing,
        "figures": measured[0],
        "against": measured[1] if len(measured) > 1 else None,
        "comparison": [_compared(one, runs) for one in compared],
        "limits": limits_of(measured[0]),
    }


def _compared(one: Comparison, runs: Sequence[Run]) -> dict[str, Any]:
    return {
        "figure": one.figure,
        "first": one.first,
        "second": one.second,
        "p_value": one.p_value,
        "test": one.test,
        "low": one.low,
        "high": one.high,
        "significant": one.is_significant,
        "sentence": one.sentence(runs[0].name, runs[1].name),
    }


def _write(path: Path, page: str | None = None) -> None:
    """Writes the page; without one, tries whether it can be written, and leaves what is there."""
    try:
        with path.open("a" if page is None else "w", encoding="utf-8") as file:
            file.write(page or "")
    except OSError as problem:
        raise ConfigError(f"The report cannot be written to {path}: {problem.strerror}.") from problem
