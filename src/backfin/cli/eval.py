"""``backfin eval``: how right the facts are, measured on filings whose truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from backfin.app import Backfin
from backfin.cli.eval_cases import Filings, Question, filings_for
from backfin.cli.eval_tables import show_breaches, show_comparison, show_figures
from backfin.cli.output import LOOK, Json, errors, print_json, stop
from backfin.cli.progress import bar
from backfin.errors import ConfigError
from backfin.evaluation.answers import Answer, Case, ask_all
from backfin.evaluation.figures import Run, compare_runs, figures
from backfin.evaluation.gold import Split
from backfin.evaluation.limits import breaches, limits_of, load_limits
from backfin.evaluation.report import report_html
from backfin.evaluation.significance import Comparison
from backfin.evaluation.xbrl_truth import is_xbrl, xbrl_pairs
from backfin.interfaces import Enricher, PromptSet
from backfin.log import configure
from backfin.settings import load_settings


def evaluate(
    gold: Annotated[
        Path | None,
        typer.Option(help="Labels: a .jsonl file or a folder of them; without, the sample day's."),
    ] = None,
    texts: Annotated[
        Path | None, typer.Option(help="Folder of the texts, as sources.json beside the labels says.")
    ] = None,
    split: Annotated[Split, typer.Option(help="Which half of the labels.")] = Split.ALL,
    sure: Annotated[
        bool, typer.Option("--sure", help="Leave labels out that say they are doubtful.")
    ] = False,
    xbrl: Annotated[
        bool, typer.Option("--xbrl", help="Score results by the XBRL of the same filing instead.")
    ] = False,
    enricher: Annotated[str | None, typer.Option(help="Ask this enricher alone.")] = None,
    prompts: Annotated[str | None, typer.Option(help="Prompt set to read with.")] = None,
    against: Annotated[
        str | None, typer.Option(help="Prompt set, or enricher, to compare with on the same filings.")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Write a page of it, complete in itself.")] = None,
    floors: Annotated[
        Path | None, typer.Option(help="Exit 1 when a figure is below its recorded floor.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Measures how right categories, event types and facts are, and what they cost."""
    settings = load_settings()
    configure(settings)
    app = Backfin(settings)
    question = Question(gold, texts, split, xbrl, sure)
    try:
        readers = _readers(app, enricher, prompts, against)
        with bar(quiet=as_json) as on_progress:
            filings = filings_for(app, question, on_progress)
        runs = [_run(app, reader, filings, xbrl=xbrl) for reader in readers]
    finally:
        app.close()
    result = _result(filings, runs)
    limits = load_limits(floors, filings.name) if floors else {}
    result["below_floor"] = [str(breach) for breach in breaches(result["figures"], limits)]
    if report is not None:
        _write(report, report_html(result))
        result["report"] = str(report)
    _tell(result, as_json=as_json)
    if result["below_floor"] or result["missing"]:
        stop(LOOK)


class _Reader:
    """A way of reading: which enrichers, with which prompts, under which name."""

    def __init__(self, enrichers: Sequence[Enricher], prompt_set: PromptSet) -> None:
        self.enrichers = enrichers
        self.prompt_set = prompt_set
        names = " then ".join(enricher.name for enricher in enrichers)
        self.name = f"{names} · {prompt_set.name} {prompt_set.version}"


def _readers(app: Backfin, enricher: str | None, prompts: str | None, against: str | None) -> list[_Reader]:
    """The reader to measure, and the one to compare it with: another prompt set, else another enricher."""
    first = _Reader(_enrichers(app, enricher), _prompt_set(app, prompts or "core"))
    if against is None:
        return [first]
    if prompts is not None or enricher is None:
        return [first, _Reader(first.enrichers, _prompt_set(app, against))]
    return [first, _Reader(_enrichers(app, against), first.prompt_set)]


def _enrichers(app: Backfin, name: str | None) -> list[Enricher]:
    known = list(app.plugins.registry.enrichers)
    chosen = known if name is None else [enricher for enricher in known if enricher.name == name]
    if not chosen:
        names = ", ".join(enricher.name for enricher in known)
        raise ConfigError(f"There is no enricher {name!r}; there are: {names}.")
    return chosen


def _prompt_set(app: Backfin, name: str) -> PromptSet:
    known = app.plugins.registry.prompt_sets
    if name not in known:
        raise ConfigError(f"There is no prompt set {name!r}; there are: {', '.join(known)}.")
    return known[name]


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


def _write(path: Path, page: str) -> None:
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as problem:
        raise ConfigError(f"The report cannot be written to {path}: {problem.strerror}.") from problem


def _tell(result: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(result)
    else:
        show_figures(result)
        show_comparison(result)
        show_breaches(result)
    if result["missing"]:
        count = len(result["missing"])
        errors.print(
            f"backfin: {count} labelled filings have no text here and were left out.", highlight=False
        )
